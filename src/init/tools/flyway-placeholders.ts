import { tokenAt, UnterminatedError } from "../../sql/tokens.ts";
import { lineAt, Refusal, type ToolFile } from "../gather.ts";
import type { Note } from "../model.ts";
import { type FlywaySetting, settingOf } from "./flyway-settings.ts";

/** A file with the values of its placeholders, and what to say about it. */
export interface Filled {
  readonly file: ToolFile;
  readonly warnings: readonly Note[];
}

/** Whether an offset is in a comment. */
function inComment(sql: string, offset: number): boolean {
  try {
    for (let at = 0; at < sql.length; ) {
      const { kind, end } = tokenAt(sql, at);
      if (offset < end) return kind === "blank";
      at = end;
    }
  } catch (error) {
    if (!(error instanceof UnterminatedError)) throw error;
  }
  return false;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function missing(file: ToolFile, written: string, at: number, settings: readonly FlywaySetting[]): Refusal {
  const files = [...new Set(settings.map((setting) => setting.file))];
  const where = files.length === 0 ? "flyway.conf or flyway.toml" : files.join(" or ");
  return new Refusal(
    file.from,
    `line ${lineAt(file.text, at)}: ${written} has no value in ${where}; add one, or set placeholderReplacement = false if it is text`,
  );
}

/**
 * Replaces placeholders as Flyway does: anywhere, also in strings and bodies, without regard to case.
 * @throws Refusal for one without a value, unless it is in a comment
 */
export function fillPlaceholders(file: ToolFile, settings: readonly FlywaySetting[]): Filled {
  if (settingOf(settings, "placeholderreplacement") === "false") return { file, warnings: [] };
  const prefix = settingOf(settings, "placeholderprefix") ?? "${";
  const suffix = settingOf(settings, "placeholdersuffix") ?? "}";
  const pattern = new RegExp(`${escaped(prefix)}([^\\n]{1,200}?)${escaped(suffix)}`, "g");
  const used = new Set<string>();
  const kept = new Set<string>();
  const text = file.text.replace(pattern, (written: string, name: string, at: number) => {
    const value = settingOf(settings, `placeholders.${name.toLowerCase()}`);
    if (value === undefined && !inComment(file.text, at)) throw missing(file, written, at, settings);
    (value === undefined ? kept : used).add(written);
    return value ?? written;
  });
  const note = (names: ReadonlySet<string>, reason: string): Note[] =>
    names.size === 0 ? [] : [{ from: file.from, reason: `${[...names].join(", ")} ${reason}` }];
  return {
    file: { ...file, text },
    warnings: [
      ...note(used, "replaced by the value in Flyway's settings"),
      ...note(kept, "is in a comment only, and stays as it is"),
    ],
  };
}
