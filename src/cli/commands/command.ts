import type { ExitCode } from "../../errors.ts";
import type { CommandOption } from "../arguments/option.ts";
import type { Io } from "../io.ts";

/** One call of a command. */
export interface Invocation {
  readonly io: Io;
  /** The value of an option of the command or of the program. */
  readonly given: <T>(option: CommandOption<T>) => T;
  readonly args: readonly (string | undefined)[];
}

/** What runs a command. */
export type Action = (invocation: Invocation) => Promise<ExitCode>;

/** A command as data: what help and completion show, and where its action is loaded from. */
export interface CommandDefinition {
  /** Its name, with its arguments as commander writes them. */
  readonly name: string;
  readonly summary: string;
  /** Whether it applies or rolls back migrations, or records that they were: it alone ends with 3 where it refuses to. */
  readonly migrates?: true;
  /** Without the program's name. */
  readonly examples: readonly string[];
  /** What help says before the examples. */
  readonly notes?: string;
  readonly options: Readonly<Record<string, CommandOption<unknown>>>;
  /** Options of which only one can be given. */
  readonly exclusive?: readonly (readonly CommandOption<unknown>[])[];
  /** What its argument can be, for completion. */
  readonly words?: readonly string[];
  /** Imports the action: only the command that runs pays for what it needs. */
  action(): Promise<Action>;
}
