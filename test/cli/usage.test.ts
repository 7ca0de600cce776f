import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandsFor } from "../../src/cli/commands/index.ts";
import { databases } from "../../src/databases.ts";
import { runCli } from "../support/cli.ts";
import { refusal } from "../support/refusal.ts";

const commands = commandsFor(databases);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-usage-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = { run: (args: readonly string[]) => runCli(args, { cwd: folder }) };

async function refused(...args: string[]): Promise<string> {
  const { code, text } = await refusal(place, args);
  expect(code).toBe("usage");
  expect(existsSync(path.join(folder, ".socrates-db"))).toBe(false);
  return text;
}

describe("an invalid command line gets the nearest valid one as a hint", () => {
  it("a misspelt command", async () => {
    expect(await refused("migrat")).toMatchInlineSnapshot(`
      "error: unknown command "migrat"
      hint: Did you mean migrate?"
    `);
  });
  it("a command that resembles no other", async () => {
    const names = commands.map(({ name }) => name.split(" ")[0]);
    expect(await refused("frobnicate")).toBe(
      `error: unknown command "frobnicate"\nhint: The commands are: ${names.join(", ")}.`,
    );
  });
  it("help for a misspelt command", async () => {
    expect(await refused("help", "statuss")).toMatchInlineSnapshot(`
      "error: unknown command "statuss"
      hint: Did you mean status?"
    `);
  });
  it.each([[[]], [["--quiet"]]])("no command prints help: %j", async (args) => {
    const { exitCode, stdout, stderr } = await runCli(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toBe((await runCli(["--help"])).stdout);
  });
  it.each([
    ["up", "migrate"],
    ["deploy", "migrate"],
    ["upgrade", "migrate"],
    ["info", "status"],
    ["history", "status"],
    ["undo", "rollback --steps 1"],
    ["downgrade", "rollback"],
    ["validate", "verify"],
    ["baseline", "adopt"],
    ["new", "create"],
  ])("the word of another tool: %s", async (word, command) => {
    const { exitCode, stderr } = await runCli([word]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `error: unknown command "${word}"\nhint: Use socrates-db ${command}.\n`,
    });
  });
  it("a misspelt option", async () => {
    expect(await refused("migrate", "--phaze", "3")).toMatchInlineSnapshot(`
      "error: unknown option '--phaze'
      hint: Did you mean --phase?"
    `);
  });
  it("an option of a command before it", async () => {
    expect(await refused("--phase", "3", "migrate")).toMatchInlineSnapshot(`
      "error: unknown option '--phase'
      hint: Put it after the command: socrates-db migrate --phase."
    `);
  });
  it("an option without its value", async () => {
    const { exitCode, stdout, stderr } = await runCli(["migrate", "--phase"], { cwd: folder });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatchInlineSnapshot(`
      "error: option '--phase <n>' argument missing
      hint: Run socrates-db --help, or socrates-db <command> --help.
      "
    `);
  });
  it("an extra word", async () => {
    expect(await refused("migrate", "auth")).toMatchInlineSnapshot(`
      "error: too many arguments for 'migrate'. Expected 0 arguments but got 1.
      hint: Run socrates-db --help, or socrates-db <command> --help."
    `);
  });
  it("a misspelt format", async () => {
    const { exitCode, stdout, stderr } = await runCli(["status", "--format", "jsno"], { cwd: folder });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatchInlineSnapshot(`
      "error: --format "jsno" is not valid
      hint: Did you mean "json"? The values are: text, json.
      "
    `);
  });
  it("a misspelt database", async () => {
    expect(await refused("status", "--database", "auht")).toMatchInlineSnapshot(`
      "error: unknown database "auht"
      hint: Did you mean "auth"? The databases are: auth, specs."
    `);
  });
  it("a misspelt shell", async () => {
    const { exitCode, stdout, stderr } = await runCli(["completion", "bsh"], { cwd: folder });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatchInlineSnapshot(`
      "error: no completion for the shell "bsh"
      hint: Did you mean "bash"?
      "
    `);
  });
});

describe("phases, numbers and times", () => {
  it("a phase that does not exist", async () => {
    expect(await refused("migrate", "--phase", "7")).toMatchInlineSnapshot(`
      "error: unknown phase 7
      hint: The nearest is 6; the phases are 0, 1, 2, 3, 4, 5, 6."
    `);
    expect(await refused("rollback", "--phase", "17", "--dry-run")).toContain("The nearest is 6;");
  });
  it("a number that does not exist", async () => {
    expect(await refused("migrate", "--to", "15")).toMatchInlineSnapshot(`
      "error: unknown migration 015
      hint: The nearest is 014; the migrations are 001, 002, 003, 004, 005, 006, 007, 008, 009, 010, 011, 012, 013, 014."
    `);
    expect(await refused("rollback", "--to", "99")).toContain("The nearest is 014;");
  });
  it.each([
    ["--phase", "three"],
    ["--phase", "-1"],
    ["--phase", "1.5"],
    ["--to", "0"],
    ["--to", "9999999999"],
    ["--retries", "many"],
  ])("migrate %s %s", async (option, value) => {
    expect(await refused("migrate", option, value)).toMatch(
      new RegExp(
        `^error: ${option} "${value}" is not an integer of at (?:least|most) \\d+\nhint: Use for example ${option} \\d+\\.$`,
      ),
    );
  });
  it("rollback of no steps", async () => {
    expect(await refused("rollback", "--steps", "0")).toMatchInlineSnapshot(`
      "error: --steps "0" is not an integer of at least 1
      hint: Use for example --steps 3."
    `);
  });
  it.each([
    ["--lock-timeout", "5x"],
    ["--lock-wait", "-1"],
    ["--statement-timeout", "99999h"],
    ["--lock-timeout", "soon"],
  ])("migrate %s %s, in a dry run too", async (option, value) => {
    const expected = `error: ${option} "${value}" is not a duration\nhint: Use for example 500ms, 5s, 2min or 1h.`;
    expect(await refused("migrate", option, value)).toBe(expected);
    expect(await refused("migrate", "--dry-run", option, value)).toBe(expected);
  });
});

describe("options that do not fit together, and options that are empty", () => {
  it("two limits", async () => {
    expect(await refused("migrate", "--phase", "1", "--to", "2")).toMatchInlineSnapshot(`
      "error: --phase and --to exclude each other
      hint: Use one of them."
    `);
    expect(await refused("rollback", "--phase", "1", "--steps", "2")).toContain(
      "--phase and --steps exclude each other",
    );
  });
  it("a rollback without a limit", async () => {
    expect(await refused("rollback")).toMatchInlineSnapshot(`
      "error: rollback needs a limit
      hint: Add --phase N, --to NNN or --steps K; --dry-run shows the plan."
    `);
  });
  it("a migration without database and phase", async () => {
    expect(await refused("create", "add_invoices")).toMatchInlineSnapshot(`
      "error: create needs to know the database and the phase
      hint: Add --database auth or specs and --phase N."
    `);
    expect(await refused("create")).toContain("missing required argument 'name'");
  });
  it.each(["--data-dir", "--config", "--database", "--auth-url"])("an empty %s", async (option) => {
    expect(await refused("migrate", option, "")).toBe(
      `error: ${option} is empty\nhint: Give it a value, or leave out ${option}.`,
    );
  });
});
