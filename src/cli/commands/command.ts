import type { NamedDatabase } from "../../databases.ts";
import type { ExitCode } from "../../errors.ts";
import type { CommandOption } from "../arguments/option.ts";
import type { Io } from "../io.ts";

/** One invocation of a command. */
export interface Invocation {
  readonly io: Io;
  /** The databases of the project. */
  readonly databases: readonly NamedDatabase[];
  /** The value of a command's or global option. */
  readonly given: <T>(option: CommandOption<T>) => T;
  readonly args: readonly (string | undefined)[];
}

/** The function of a command. */
export type Action = (invocation: Invocation) => Promise<ExitCode>;

/** A command as data: its help and completion, and where its action is imported from. Some name the databases. */
export interface CommandDefinition {
  /** Its name with its arguments, in commander's syntax. */
  readonly name: string;
  readonly summary: string;
  /** Whether it applies, rolls back or records migrations: only such a command exits with 3. */
  readonly migrates?: true;
  /** Without the program's name. */
  readonly examples: readonly string[];
  /** Help text before the examples. */
  readonly notes?: string;
  readonly options: Readonly<Record<string, CommandOption<unknown>>>;
  /** Mutually exclusive options. */
  readonly exclusive?: readonly (readonly CommandOption<unknown>[])[];
  /** The values of its argument, for completion. */
  readonly words?: readonly string[];
  /** Imports the action, so that only the command that runs loads its code. */
  action(): Promise<Action>;
}

/** The first and the last key, for examples. */
export function exampleKeys(databases: readonly NamedDatabase[]): {
  readonly first: string;
  readonly last: string;
} {
  return { first: databases.at(0)?.key ?? "", last: databases.at(-1)?.key ?? "" };
}
