import { describe, expect, it } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { colorAllowed, main } from "../../src/cli/main.ts";

/** Output as on a terminal, which records what is written. */
function terminal(env: NodeJS.ProcessEnv, stderrIsTerminal = true): Io & { readonly written: string[] } {
  const written: string[] = [];
  return {
    env,
    cwd: process.cwd(),
    stderrIsTerminal,
    stderrColumns: stderrIsTerminal ? 80 : undefined,
    stdoutIsTerminal: stderrIsTerminal,
    columns: 80,
    out: async (text) => void written.push(text),
    err: (line) => void written.push(line),
    clean: (text) => text,
    hide: () => {},
    confirm: async () => undefined,
    written,
  };
}

describe("colour", () => {
  it.each<[expected: boolean, env: NodeJS.ProcessEnv, argv: string[], isTerminal: boolean]>([
    [true, {}, [], true],
    [true, { NO_COLOR: "" }, [], true],
    [false, { NO_COLOR: "1" }, [], true],
    [false, {}, ["status", "--no-color"], true],
    [false, {}, [], false],
  ])("%j with %j, %j, on a terminal: %j", async (expected, env, argv, isTerminal) => {
    expect(colorAllowed(terminal(env, isTerminal), argv)).toBe(expected);
    const io = terminal(env, isTerminal);
    expect(await main(["nothing", ...argv], io)).toBe(2);
    expect(io.written.join("\n").includes("\u001b[")).toBe(expected);
  });
});
