import { looksLikeConnection } from "../../config/argument-secrets.ts";
import { parseDuration } from "../../config/duration.ts";
import { SocratesError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";

type Options = Readonly<Record<string, unknown>>;

/** The text of an option, undefined where it was not given. @throws SocratesError `usage` for an empty one */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  if (typeof value !== "string") return undefined;
  // Mostly a shell variable that is not set: an empty folder would mean the working directory.
  if (value.trim() === "")
    throw new SocratesError("usage", `${typed(name)} is empty`, {
      hint: `Give it a value, or leave ${typed(name)} out.`,
    });
  return value;
}

/** The values of an option that may be repeated. */
export function listOption(options: Options, name: string): readonly string[] {
  const values = options[name];
  return Array.isArray(values) ? values.map(String) : [];
}

/** The path of an option. @throws SocratesError `usage` for a connection string, which would become part of a path */
export function pathOption(options: Options, name: string): string | undefined {
  const text = textOption(options, name);
  if (text !== undefined && looksLikeConnection(text))
    throw new SocratesError("usage", `${typed(name)} takes a path, not a connection string`, {
      hint: "Give connection strings as --url KEY=URL, or in the environment.",
    });
  return text;
}

/** Whether a flag was given. */
export function flagOption(options: Options, name: string): boolean {
  return options[name] === true;
}

/** An option's name as it is typed: `lockTimeout` is `--lock-timeout`. */
function typed(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A whole number of at least `least`. @throws SocratesError `usage` */
export function numberOption(options: Options, name: string, least: number): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new SocratesError("usage", `${typed(name)} "${text}" is no whole number from ${least} on`, {
      hint: `Write for example ${typed(name)} ${Math.max(least, 3)}.`,
    });
  return Number(text);
}

/** A length of time in milliseconds: from the command line, else from the config file, else the default. @throws SocratesError `usage` */
export function durationOption(
  options: Options,
  name: string,
  fromFile: string | number | undefined,
  byDefault: string,
): number {
  const flag = textOption(options, name);
  return flag === undefined
    ? parseDuration(String(fromFile ?? byDefault), `"${name}" of the config file`)
    : parseDuration(flag, typed(name));
}

/** One of a few words. @throws SocratesError `usage`, naming the nearest */
export function choiceOption<T extends string>(
  options: Options,
  name: string,
  choices: readonly T[],
  byDefault: T,
): T {
  const text = textOption(options, name) ?? byDefault;
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  const near = nearest(text, choices);
  throw new SocratesError("usage", `${typed(name)} "${text}" does not exist`, {
    hint:
      near === undefined
        ? `Use one of: ${choices.join(", ")}.`
        : `Did you mean "${near}"? There are: ${choices.join(", ")}.`,
  });
}

/** Refuses options that exclude each other. @throws SocratesError `usage` */
export function exclusive(options: Options, names: readonly string[]): void {
  const given = names.filter((name) => options[name] !== undefined && options[name] !== false);
  if (given.length > 1)
    throw new SocratesError("usage", `${given.map(typed).join(" and ")} exclude each other`, {
      hint: "Give one of them.",
    });
}
