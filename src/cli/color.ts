import { type Style, style } from "../report/style.ts";
import { globalOptions } from "./arguments/global-options.ts";
import type { Invocation } from "./commands/command.ts";

/**
 * Whether a stream gets colours: on a terminal, or with FORCE_COLOR (https://force-color.org); never with
 * `--no-color` or NO_COLOR (https://no-color.org).
 */
export function colorOn(isTerminal: boolean, env: NodeJS.ProcessEnv, isOff = false): boolean {
  if (isOff || env["NO_COLOR"]) return false;
  const forced = env["FORCE_COLOR"];
  return forced ? !/^(0|false)$/.test(forced) : isTerminal;
}

/** Whether a report on stdout gets colours. */
export function reportColor({ io, given }: Pick<Invocation, "io" | "given">): boolean {
  return colorOn(io.stdoutIsTerminal, io.env, !given(globalOptions.color));
}

/** The style of a report on stdout: with colours if allowed, and as wide as the terminal. */
export function reportStyle({ io, given }: Pick<Invocation, "io" | "given">): Style {
  return style(reportColor({ io, given }), io.columns);
}
