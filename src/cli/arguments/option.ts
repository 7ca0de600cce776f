import { looksLikeConnection } from "../../config/argument-secrets.ts";
import { parseDuration } from "../../config/duration.ts";
import { SocratesError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";

/** An option of the command line, from which help, completion and the type of the value derive. */
export interface CommandOption<T> {
  /** In commander's syntax: `--phase <n>`, `--dry-run`. */
  readonly flags: string;
  readonly summary: string;
  /** The description in the help. */
  readonly byDefault?: string | number;
  /** The values that completion offers; `files` for file names. */
  readonly values?: readonly string[] | "files";
  readonly isRepeated?: true;
  /**
   * Parses what was typed; undefined if it was not given.
   * @throws SocratesError `usage`
   */
  readonly read: (given: unknown) => T;
}

/** The help text of an option. */
interface Help {
  readonly summary: string;
  readonly byDefault?: string | number;
  readonly values?: readonly string[] | "files";
}

/** An option's name on the command line: `--lock-timeout`. */
export function longName({ flags }: Pick<CommandOption<unknown>, "flags">): string {
  return /--[a-z0-9_-]+/.exec(flags)?.[0] ?? flags;
}

/** commander's key for an option: `lockTimeout`. */
export function keyOfOption(option: Pick<CommandOption<unknown>, "flags">): string {
  return longName(option)
    .replace(/^--(no-)?/, "")
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function nonEmpty(given: unknown, long: string): string | undefined {
  if (typeof given !== "string") return undefined;
  // Usually an unset shell variable: an empty folder would mean the working directory.
  if (given.trim() === "")
    throw new SocratesError("usage", `${long} is empty`, {
      hint: `Give it a value, or leave out ${long}.`,
    });
  return given;
}

/** An option without a value. */
export function flag(flags: string, help: Help): CommandOption<boolean> {
  return { flags, ...help, read: (given) => given === true };
}

/** Any text. */
export function text(flags: string, help: Help): CommandOption<string | undefined> {
  const long = longName({ flags });
  return { flags, ...help, read: (given) => nonEmpty(given, long) };
}

/** A text that must not be a connection string, which would become part of a path. */
export function path(flags: string, help: Help): CommandOption<string | undefined> {
  const long = longName({ flags });
  const read = (given: unknown) => {
    const value = nonEmpty(given, long);
    if (value !== undefined && looksLikeConnection(value))
      throw new SocratesError("usage", `${long} takes a path, not a connection string`, {
        hint: "Use --url KEY=URL or the environment for connection strings.",
      });
    return value;
  };
  return { flags, values: "files", ...help, read };
}

/** Repeatable texts that must not be connection strings, such as files and globs. */
export function paths(flags: string, help: Help): CommandOption<readonly string[]> {
  const { read } = path(flags, help);
  return { values: "files", ...list(flags, help, (text) => read(text) ?? text) };
}

/** An integer within bounds; `max` defaults to the largest number of nine digits. */
export function integer(
  flags: string,
  { min, max = 999_999_999, ...help }: Help & { readonly min: number; readonly max?: number },
): CommandOption<number | undefined> {
  const long = longName({ flags });
  const read = (given: unknown) => {
    const value = nonEmpty(given, long);
    if (value === undefined) return undefined;
    if (/^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    const bound = Number(value) > max ? `at most ${max}` : `at least ${min}`;
    throw new SocratesError("usage", `${long} "${value}" is not an integer of ${bound}`, {
      hint: `Use for example ${long} ${Math.max(min, 3)}.`,
    });
  };
  return { flags, ...help, read };
}

/** A duration such as `5s`, in milliseconds. */
export function duration(flags: string, help: Help): CommandOption<number | undefined> {
  const long = longName({ flags });
  const read = (given: unknown) => {
    const value = nonEmpty(given, long);
    return value === undefined ? undefined : parseDuration(value, long);
  };
  return { flags, ...help, read };
}

/** One of a set of words. */
export function choice<T extends string>(
  flags: string,
  help: Help & { readonly values: readonly T[] },
): CommandOption<T | undefined> {
  const long = longName({ flags });
  const read = (given: unknown) => {
    const value = nonEmpty(given, long);
    if (value === undefined) return undefined;
    const found = help.values.find((word) => word === value);
    if (found !== undefined) return found;
    const near = nearest(value, help.values);
    throw new SocratesError("usage", `${long} "${value}" is not valid`, {
      hint:
        near === undefined
          ? `Use one of: ${help.values.join(", ")}.`
          : `Did you mean "${near}"? The values are: ${help.values.join(", ")}.`,
    });
  };
  return { flags, ...help, read };
}

/** A repeatable option, whose values `readOne` parses. */
export function list<T>(
  flags: string,
  help: Help,
  readOne: (text: string) => T,
): CommandOption<readonly T[]> {
  const read = (given: unknown) => (Array.isArray(given) ? given.map(String).map(readOne) : []);
  return { flags, ...help, isRepeated: true, read };
}
