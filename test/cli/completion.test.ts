import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commandsFor } from "../../src/cli/commands/index.ts";
import { databases } from "../../src/databases.ts";
import { runCli } from "../support/cli.ts";

const commands = commandsFor(databases);

const names = commands.map(({ name }) => name.split(" ")[0] ?? "");

async function script(shell: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(["completion", shell]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

function installed(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** bash's completions for the last of `words`. */
async function complete(...words: string[]): Promise<string[]> {
  const source = `${await script("bash")}
COMP_WORDS=(socrates-db ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}
_socrates_db; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["--norc", "-c", source], { encoding: "utf8" }).trim().split("\n");
}

describe.skipIf(!installed("bash"))("completion in bash", () => {
  it("offers every command", async () => {
    expect(await complete("")).toEqual(names);
  });
  it("offers the commands that begin with the word", async () => {
    expect(await complete("ro")).toEqual(["rollback"]);
  });
  it("offers the options of the command, and the program's", async () => {
    expect(await complete("migrate", "--lock-")).toEqual(["--lock-timeout", "--lock-wait"]);
    expect(await complete("--quiet", "rollback", "--al")).toEqual(["--allow-data-loss"]);
    expect(await complete("status", "--auth")).toEqual(["--auth-url"]);
  });
  it("offers the values of options", async () => {
    expect(await complete("status", "--database", "")).toEqual(["auth", "specs"]);
    expect(await complete("status", "--format", "j")).toEqual(["json"]);
  });
  it.each<[line: string, offered: readonly string[]]>([
    ["diff --format ", ["text", "json", "markdown", "github", "gitlab", "junit", "sarif", "sql"]],
    ["verify --format s", ["sarif"]],
    ["migrate --format ", ["text", "json"]],
    ["diff --from ", ["document", "live", "migrations"]],
    ["diagram --source l", ["live"]],
    ["seed --scale ", ["small", "medium", "large"]],
    ["verify --severity w", ["warning"]],
    ["verify re", ["references"]],
    ["stats p", ["pull"]],
    ["--database ", ["auth", "specs"]],
  ])("offers the values of %s", async (line, offered) => {
    expect(await complete(...line.split(" "))).toEqual(offered);
  });
  it("offers the shells", async () => {
    expect(await complete("completion", "b")).toEqual(["bash"]);
    expect(await complete("completion", "z")).toEqual(["zsh"]);
  });
});

describe.each(["bash", "zsh", "fish"])("the script for %s", (shell) => {
  it("names every command and every option", async () => {
    const text = await script(shell);
    for (const name of names) expect(text).toMatch(new RegExp(`\\b${name}\\b`));
    for (const option of ["allow-data-loss", "lock-timeout", "auth-url", "data-dir", "no-color"])
      expect(text).toMatch(new RegExp(shell === "fish" ? `-l ${option}\\b` : `--${option}\\b`));
  });
  it.skipIf(!installed(shell))("is valid for the shell itself", async () => {
    execFileSync(shell, ["-n"], { input: await script(shell) });
  });
});

describe("structure, where the shell is not installed", () => {
  it("zsh: brackets and quotes are closed", async () => {
    const text = await script("zsh");
    expect(text).toMatch(/^#compdef socrates-db\n/);
    expect(text.replaceAll("'\\''", "").split("'").length % 2).toBe(1);
    expect(text.match(/^ {4}'[a-z]+:.+'$/gm)).toHaveLength(names.length);
  });
  it("fish: every line completes the program", async () => {
    const lines = (await script("fish")).trimEnd().split("\n");
    for (const line of lines)
      expect(line).toMatch(/^complete -c socrates-db -n (__fish_use_subcommand|'[^']+') /);
    for (const line of lines) expect(line.replaceAll("\\'", "").split("'").length % 2).toBe(1);
  });
});
