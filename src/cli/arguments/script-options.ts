import { SocratesError } from "../../errors.ts";
import type { Invocation } from "../commands/command.ts";
import { flag, list, longName } from "./option.ts";

/** What a generated script may do. @param when the option without which no script is made, for the help */
export function scriptOptions(when: string) {
  return {
    allowDrops: flag("--allow-drops", {
      summary: `${when}: also drop tables and columns with the rows that they hold`,
    }),
    plain: flag("--plain", { summary: `${when}: the shortest statements, whatever they lock` }),
    rename: list(
      "--rename <old=new>",
      {
        summary: `${when}: a table, column, type or label with a new name, such as public.jar.size=volume or public.mood:sad=blue; repeatable`,
      },
      (rename) => rename,
    ),
  };
}

/** The options of {@link scriptOptions}. */
export type ScriptOptions = ReturnType<typeof scriptOptions>;

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
