import { sharedOptions } from "../../config/shared-options.ts";
import { type CommandOption, choice, duration, flag, integer, list, paths } from "./option.ts";

/** The output of commands without findings. */
export const formatOption = choice("--format <format>", {
  summary: "output: text, json",
  values: ["text", "json"],
  byDefault: "text",
});

/** The document to use instead of the configured one. */
export const documentOption = paths("--document <file>", sharedOptions.document);

/** `--phase`, whose meaning depends on the command. */
export function phaseOption(summary: string, byDefault?: string): CommandOption<number | undefined> {
  return integer("--phase <n>", { summary, min: 0, ...(byDefault !== undefined && { byDefault }) });
}

/** What a generated script may do. @param when the option without which no script is made, for the help */
export function scriptOptions(when: string) {
  return {
    allowDrops: flag("--allow-drops", {
      summary: `${when}: also drop tables and columns with the rows that they hold, and round or shorten values that do not fit a new type`,
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

/** The wait for a moment in which a migration disturbs no one. */
export const waitForQuietOption = duration("--wait-for-quiet <time>", {
  summary: "wait this long for a moment without sessions that the first statements would wait for",
});
