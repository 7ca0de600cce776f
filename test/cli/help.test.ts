import { describe, expect, it } from "vitest";
import { commandsFor } from "../../src/cli/commands/index.ts";
import { databases } from "../../src/databases.ts";
import { version } from "../../src/version.ts";
import { runCli } from "../support/cli.ts";

const commands = commandsFor(databases);

const names = commands.map(({ name }) => name.split(" ")[0] ?? "");

function examplesIn(help: string): number {
  return [...help.matchAll(/^ {2}\$ socrates-db /gm)].length;
}

describe("--help", () => {
  it("of the program names every command, the exit codes and two examples", async () => {
    const { exitCode, stdout, stderr } = await runCli(["--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, "m"));
    expect(stdout).toContain("0 clean   1 findings   2 could not run   3 a migration was refused or failed");
    expect(stdout).toContain("DATABASE_URL_AUTH");
    expect(examplesIn(stdout)).toBeGreaterThanOrEqual(2);
  });
  it.each(names)("of %s shows two examples", async (name) => {
    const { exitCode, stdout, stderr } = await runCli([name, "--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^Usage: socrates-db ${name} `));
    expect(examplesIn(stdout)).toBeGreaterThanOrEqual(2);
  });
  it("help <command> is the same", async () => {
    const [asOption, asCommand] = await Promise.all([
      runCli(["migrate", "--help"]),
      runCli(["help", "migrate"]),
    ]);
    expect(asCommand).toEqual(asOption);
  });
  it("every example is a command line that the program understands", async () => {
    for (const { name, examples } of commands)
      for (const example of examples) expect(example.split(" ")[0]).toBe(name.split(" ")[0]);
  });
});

it("--version prints only the version", async () => {
  expect(await runCli(["--version"])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
});
