import path from "node:path";
import type { Command } from "./measure.ts";

/** Root of the project. The bench is built one folder below its own. */
export const root = path.resolve(import.meta.dirname, "../..");

const program = path.join(root, "bin", "socrates-db.js");

/** A command of ours, as a user runs it. */
export function tool(args: readonly string[], options: Omit<Command, "argv"> = {}): Command {
  return { argv: [process.execPath, program, ...args], ...options };
}

/** What starting a process of Node costs, whatever it does. */
export const bareNode: Command = { argv: [process.execPath, "-e", "0"] };
