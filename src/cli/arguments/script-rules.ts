import { SocratesError } from "../../errors.ts";
import type { Invocation } from "../commands/command.ts";
import type { ScriptOptions } from "./common-options.ts";
import { longName } from "./option.ts";

/** What a script may do, as the user says. */
export function scriptRules({ given }: Invocation, options: ScriptOptions) {
  return {
    allowDrops: given(options.allowDrops),
    plain: given(options.plain),
    renames: given(options.rename),
  };
}

/** @throws SocratesError `usage` for an option of scripts where none is made */
export function refuseScriptOptions(invocation: Invocation, options: ScriptOptions, instead: string): void {
  const { allowDrops, plain, renames } = scriptRules(invocation, options);
  const used = [
    allowDrops && options.allowDrops,
    plain && options.plain,
    renames.length > 0 && options.rename,
  ].find((option) => option !== false);
  if (used === undefined) return;
  throw new SocratesError("usage", `${longName(used)} is for generated scripts`, {
    hint: `Add ${instead}, or leave out ${longName(used)}.`,
  });
}
