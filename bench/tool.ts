import path from "node:path";
import type { Command } from "./measure.ts";

/** Root of the project. The bench is built one folder deeper. */
export const root = path.resolve(import.meta.dirname, "../..");

const program = path.join(root, "bin", "socrates-db.js");

/** Our command as a user runs it. */
export function tool(args: readonly string[], options: Omit<Command, "argv"> = {}): Command {
  return { argv: [process.execPath, program, ...args], ...options };
}

/** The cost of starting a Node process. */
export const bareNode: Command = { argv: [process.execPath, "-e", "0"] };
