import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type EngineName, lastPhase, makePlace, type Place } from "../support/place.ts";

const root = path.resolve(import.meta.dirname, "../..");

let place: Place;
afterEach(() => place.dispose());

const file = (...names: string[]) => path.join(place.folder, ...names);
const document = () => readFileSync(file("docs/schema.md"), "utf8");

/** Replaces the first occurrence of each text in the document, which must have it. */
function edit(...changes: readonly (readonly [before: string, after: string])[]): void {
  let text = document();
  for (const [before, after] of changes) {
    expect(text).toContain(before);
    text = text.replace(before, () => after);
  }
  writeFileSync(file("docs/schema.md"), text);
}

/** A repository with this application's migrations and document. */
async function prepare(engine: EngineName): Promise<void> {
  place = await makePlace(engine);
  cpSync(path.join(root, "migrations"), file("migrations"), { recursive: true });
  mkdirSync(file("docs"));
  cpSync(path.join(root, "docs/schema.md"), file("docs/schema.md"));
  const databases = Object.fromEntries(
    place.databases.map(({ key, name, urlVariable }) => [
      key,
      { migrations: `migrations/${key}`, name, urlVariable },
    ]),
  );
  writeFileSync(file("socrates-db.config.json"), JSON.stringify({ databases, document: "docs/schema.md" }));
}

const create = (...args: string[]) =>
  place.run(["create", "notes and nicknames", "--from", "document", ...args]);

async function clean(...commands: readonly (readonly string[])[]): Promise<void> {
  for (const args of commands) {
    const { exitCode, stdout, stderr } = await place.run(args);
    expect([args, exitCode, exitCode === 0 ? "" : stdout + stderr]).toEqual([args, 0, ""]);
  }
}

const notes = `#### Table: project_notes (Phase 6)

\`\`\`sql
CREATE TABLE project_notes (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id UUID NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
    author_id UUID NOT NULL,
    body TEXT NOT NULL CHECK (length(body) > 0)
);

CREATE INDEX idx_project_notes_project_id ON project_notes(project_id);

COMMENT ON COLUMN project_notes.author_id IS 'References socrates_auth.users(id)';
\`\`\`

#### Table: project_shares (Phase 6)`;

describe.each(["embedded", "server"] as const)("create --from document on the %s engine", (engine) => {
  it("writes migrations that arrive at the document and can be rolled back", { timeout: 600_000 }, async ({
    skip,
  }) => {
    skip(lastPhase(engine) < 6, "the test server lacks pgvector");
    await prepare(engine);
    await clean(["migrate", "--quiet"]);
    const { stdout: nothing, stderr: said, exitCode: none } = await create();
    expect([none, nothing]).toEqual([0, ""]);
    expect(said).toMatch(/^auth: no difference\nspecs: no difference$/m);

    edit(
      ["    name VARCHAR(255),", "    name VARCHAR(300),\n    nickname VARCHAR(40) NOT NULL DEFAULT 'none',"],
      [
        "CREATE INDEX idx_users_email",
        "CREATE INDEX idx_users_nickname ON users(nickname);\nCREATE INDEX idx_users_email",
      ],
      ["User accounts for authentication", "Accounts of people"],
      ["#### Table: project_shares (Phase 6)", notes],
    );
    const { exitCode, stdout, stderr } = await create();
    expect([exitCode, exitCode === 0 ? "" : stderr]).toEqual([0, ""]);
    expect(stdout.trim().split("\n")).toEqual([
      "migrations/auth/015_notes_and_nicknames.sql",
      "migrations/auth/015_notes_and_nicknames.down.sql",
      "migrations/auth/016_notes_and_nicknames_2.sql",
      "migrations/auth/016_notes_and_nicknames_2.down.sql",
      "migrations/specs/017_notes_and_nicknames.sql",
      "migrations/specs/017_notes_and_nicknames.down.sql",
    ]);
    const index = readFileSync(file("migrations/auth/016_notes_and_nicknames_2.sql"), "utf8");
    expect(index).toContain("-- socrates-db: no-transaction");
    expect(index).toContain("CREATE INDEX CONCURRENTLY idx_users_nickname");

    await clean(["diff", "--from", "migrations", "--to", "document"], ["verify", "phases"]);
    await clean(["migrate", "--quiet"], ["diff"], ["rollback", "--to", "14", "--quiet"]);
    cpSync(path.join(root, "docs/schema.md"), file("docs/schema.md"));
    await clean(["diff"]);
  });
});

describe("create --from document", () => {
  it("writes nothing if a script is not proven, and says what it leaves and needs", async () => {
    await prepare("embedded");
    const before = readdirSync(file("migrations/auth"));
    edit(["    name VARCHAR(255),\n", "    nickname VARCHAR(40) NOT NULL,\n"]);
    const { exitCode, stderr } = await create();
    expect(exitCode).toBe(1);
    expect(stderr).toContain("column public.users.name is left as it is");
    expect(stderr).toMatch(/public\.users.* empty|nickname/);
    const made = readdirSync(file("migrations/auth")).filter((name) => !before.includes(name));
    expect(made).toEqual(["015_notes_and_nicknames.down.sql", "015_notes_and_nicknames.sql"]);
    const up = readFileSync(file("migrations/auth/015_notes_and_nicknames.sql"), "utf8");
    expect(up.indexOf("RAISE EXCEPTION")).toBeGreaterThan(0);
    expect(up.indexOf("RAISE EXCEPTION")).toBeLessThan(up.indexOf("ADD COLUMN"));
  });

  it("takes renames, which keep the values, and goes back by them", async () => {
    await prepare("embedded");
    // Each database takes the renames of its own objects.
    edit(
      ["    name VARCHAR(255),\n", "    full_name VARCHAR(255),\n"],
      [
        "CREATE INDEX idx_users_email",
        "CREATE INDEX idx_users_full_name ON users(full_name);\nCREATE INDEX idx_users_email",
      ],
      ["#### Table: project_shares (Phase 6)", notes],
    );
    const { exitCode, stdout } = await create("--rename", "public.users.name=full_name", "--format", "json");
    expect(exitCode).toBe(0);
    const { files } = JSON.parse(stdout);
    expect(files).toMatchObject([
      { database: "auth", number: 15, phase: 6 },
      { database: "auth", number: 16, phase: 6 },
      { database: "specs", number: 17, phase: 6 },
    ]);
    const [up, down] = [files[0].up, files[0].down].map((name) => readFileSync(file(name), "utf8"));
    expect(up).toContain("RENAME COLUMN name TO full_name");
    expect(down).toContain("RENAME COLUMN full_name TO name");
    await clean(["diff", "--from", "migrations", "--to", "document"], ["verify", "phases"]);
  });

  it("refuses a phase, and options of scripts without --from", async () => {
    await prepare("embedded");
    expect(await create("--phase", "6")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--phase cannot be combined with --from document"),
    });
    expect(await create("--rename", "public.nothing=public.something")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("has no such object"),
    });
    const args = ["create", "x", "--database", "auth", "--phase", "6", "--plain"];
    expect(await place.run(args)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--plain is for generated scripts"),
    });
  });
});
