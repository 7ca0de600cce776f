import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineName, lastPhase, makePlace, type Place } from "../support/place.ts";

const root = path.resolve(import.meta.dirname, "../..");
const guides = path.join(root, "docs/guides");

/** The blocks of a guide in a language, in order. */
function blocksOf(name: string, language: "sh" | "json"): string[] {
  const text = readFileSync(path.join(guides, `${name}.md`), "utf8");
  const [, ...parts] = text.split(`\n\`\`\`${language}\n`);
  return parts.map((part) => part.slice(0, part.indexOf("\n```")));
}

/** Its commands. */
function commandsOf(name: string): string[] {
  return blocksOf(name, "sh").flatMap((block) => block.split("\n"));
}

/** Folders with the program under its name, as it is after an installation. */
let bin: string;
beforeAll(() => {
  bin = mkdtempSync(path.join(tmpdir(), "socrates-db-guides-"));
  const program = path.join(bin, "socrates-db");
  writeFileSync(
    program,
    `#!/bin/sh\nexec "${process.execPath}" "${path.join(root, "bin/socrates-db.js")}" "$@"\n`,
    {
      mode: 0o755,
    },
  );
});
afterAll(() => rmSync(bin, { recursive: true, force: true }));

function runIn(place: Pick<Place, "folder" | "env">, command: string) {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
    cwd: place.folder,
    encoding: "utf8",
    env: { PATH: `${bin}:${process.env["PATH"]}`, HOME: place.folder, ...place.env },
  });
  return { command, status, output: `${stdout}${stderr}` };
}

/** What a guide's readers have: the files of this application, which they may change, and the settings of the guide. */
function copyApplication(folder: string, guide: string): void {
  for (const name of ["migrations", "docs/schema.md"])
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, "package.json"), "{}");
  writeFileSync(
    path.join(folder, "socrates-db.config.json"),
    JSON.stringify({
      ...Object.assign({}, ...blocksOf(guide, "json").map((block): object => JSON.parse(block))),
      document: "docs/schema.md",
      databases: { auth: { migrations: "migrations/auth" }, specs: { migrations: "migrations/specs" } },
    }),
  );
}

/** The author's part of `create`. */
function writeNewMigration(folder: string): void {
  const migrations = path.join(folder, "migrations/specs");
  for (const file of readdirSync(migrations).filter((name) => name.startsWith("015"))) {
    const up = "-- socrates-db: phase 6\nCREATE TABLE invoices (id uuid PRIMARY KEY);\n";
    writeFileSync(path.join(migrations, file), file.includes(".down.") ? "DROP TABLE invoices;\n" : up);
  }
}

/** @param before the command that leads to where the guide starts @param change what else does */
async function follow(
  name: string,
  engine: EngineName,
  before?: string,
  change: (place: Place) => Promise<void> = async () => {},
): Promise<void> {
  const place = await makePlace(engine);
  try {
    copyApplication(place.folder, name);
    if (before !== undefined) expect(runIn(place, before)).toMatchObject({ status: 0 });
    await change(place);
    const commands = commandsOf(name);
    expect(commands.length).toBeGreaterThan(4);
    for (const command of commands) {
      const { status, output } = runIn(place, command);
      expect(status, `${command}\n${output}`).toBe(0);
      if (command.includes(" create ")) writeNewMigration(place.folder);
    }
  } finally {
    await place.dispose();
  }
}

/** Without pgvector a server does not reach the last phase. */
const whole = (): EngineName => (lastPhase("server") === 6 ? "server" : "embedded");

describe("the commands of the guides", () => {
  it("local: all run", () => follow("local", "embedded"));

  it("production: all run, from phase 2", () =>
    follow("production", "server", "socrates-db migrate --phase 2 --quiet"));

  it("drift in CI: all run on databases as documented", () =>
    follow("drift-in-ci", whole(), "socrates-db migrate --quiet"));

  it("moving from Alembic: all run on databases without a ledger", () =>
    follow("from-alembic", whole(), "socrates-db migrate --quiet", async (place) => {
      for (const { key } of place.databases) await place.query(key, "DROP SCHEMA socrates_db CASCADE");
      await place.query("auth", "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)");
    }));
});
