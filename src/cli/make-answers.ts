import { writeFileSync } from "node:fs";
import { commands } from "./commands/index.ts";
import type { Io } from "./io.ts";
import { main } from "./main.ts";
import type { PreparedAnswers } from "./prepared.ts";

/** Runs a command line for what it prints. */
async function answer(argv: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const io: Io = {
    env: {},
    cwd: process.cwd(),
    stderrIsTerminal: false,
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
  ...commands.flatMap(({ name }) => ["-h", "--help"].map((flag) => [name.split(" ")[0] ?? "", flag])),
  ...["bash", "zsh", "fish"].map((shell) => ["completion", shell]),
];

const [, , file] = process.argv;
if (file === undefined) throw new Error("name the file to write");
const answers: Record<string, string> = {};
for (const argv of lines) answers[argv.join(" ")] = await answer(argv);
writeFileSync(file, JSON.stringify(answers satisfies PreparedAnswers));
