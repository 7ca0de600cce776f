import type { Command } from "commander";
import type { ExitCode } from "../../errors.ts";
import type { Io } from "../io.ts";

/** One call of a command. */
export interface Invocation {
  readonly io: Io;
  /** Options of the command and of the program, by their names in camel case. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly args: readonly (string | undefined)[];
  /** The whole command line, for completion. */
  readonly program: Command;
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
  configure(command: Command): void;
  /** Imports the action: only the command that runs pays for what it needs. */
  action(): Promise<Action>;
}
