import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commandsFor } from "../cli/commands/index.ts";
import type { Io } from "../cli/io.ts";
import { main } from "../cli/main.ts";
import { answerFile } from "../cli/start/prepared.ts";
import { databases } from "../databases.ts";

/** Runs a command line and returns its output. */
async function answer(argv: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const io: Io = {
    env: {},
    cwd: process.cwd(),
    stderrIsTerminal: false,
    stderrColumns: undefined,
    stdoutIsTerminal: false,
    columns: undefined,
    out: async (text) => void printed.push(text),
    err: (line) => {
      throw new Error(line);
    },
    clean: (text) => text,
    hide: () => {},
    confirm: async () => false,
  };
  await main(argv, io);
  return printed.join("");
}

const lines = [
  ["-V"],
  ["--version"],
  ["-h"],
  ["--help"],
  ...commandsFor(databases).flatMap(({ name }) =>
    ["-h", "--help"].map((flag) => [name.split(" ")[0] ?? "", flag]),
  ),
];

const [, , folder] = process.argv;
if (folder === undefined) throw new Error("name the folder to write to");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const argv of lines) writeFileSync(path.join(folder, answerFile(argv)), await answer(argv));
