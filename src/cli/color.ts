import type { Invocation } from "./commands/command.ts";

/**
 * Whether a stream gets colours: on a terminal, or where FORCE_COLOR asks for them (https://force-color.org);
 * never with `--no-color` or NO_COLOR (https://no-color.org).
 */
export function colorOn(isTerminal: boolean, env: NodeJS.ProcessEnv, isOff = false): boolean {
  if (isOff || env["NO_COLOR"]) return false;
  const forced = env["FORCE_COLOR"];
  return forced ? !/^(0|false)$/.test(forced) : isTerminal;
}

/** Whether a report on standard output gets colours. */
export function reportColor({ io, options }: Pick<Invocation, "io" | "options">): boolean {
  return colorOn(io.stdoutIsTerminal, io.env, options["color"] === false);
}
