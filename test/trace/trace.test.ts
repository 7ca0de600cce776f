import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { refusal } from "../support/refusal.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Runs trace, with files relative to the repository. */
async function trace(place: Place, object: string, ...args: string[]) {
  const result = await place.run(["trace", object, "--quiet", ...args]);
  return { ...result, stdout: result.stdout.replaceAll(`${root}/`, "").replace(/in \S+.*$/m, "in (here)") };
}

describe.each(sampledEngines("server"))("trace on the %s engine", (engine) => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(engine);
    await place.run(["migrate", "--phase", "3", "--quiet"]);
  });
  afterAll(() => place.dispose());

  it("traces a column from the document through its migration to the database", async () => {
    expect((await trace(place, "users.email")).stdout).toMatchInlineSnapshot(`
      "column auth.public.users.email
      document
        docs/schema.md:72, phase 0
      migrations
        001_create_auth_tables of phase 0: made, migrations/auth/001_create_auth_tables.sql:6
      database
        present in (here)
        type: character varying(255)
        notNull: true
        comment: User email address (unique, lowercase)
      used by
        check auth.public.users.users_email_lowercase
        index auth.public.users.idx_users_email
        unique auth.public.users.users_email_unique
      "
    `);
  });

  // Each command opens both embedded databases again: one is enough to see that it can.
  const onServer = it.skipIf(engine === "embedded");

  onServer("lists what refers to a table in both databases", async () => {
    const { exitCode, stdout } = await trace(place, "socrates_auth.users", "--format", "json");
    const { object, live, usedBy, refersTo } = JSON.parse(stdout);
    expect({ exitCode, object, refersTo }).toEqual({
      exitCode: 0,
      object: { database: "auth", kind: "table", name: "public.users" },
      refersTo: [],
    });
    expect(live).toMatchObject({ state: "present", extent: { bytes: expect.any(Number) } });
    const count = (kind: string) => usedBy.filter((link: { kind: string }) => link.kind === kind).length;
    expect({ keys: count("foreign key"), logical: count("logical reference"), views: count("view") }).toEqual(
      {
        keys: 5,
        logical: 6,
        views: 0,
      },
    );
    const { refersTo: out } = JSON.parse(
      (await trace(place, "specs.projects.user_id", "--format", "json")).stdout,
    );
    expect(out).toMatchObject([
      {
        database: "auth",
        kind: "logical reference",
        object: "public.users.id",
        location: { line: expect.any(Number) },
      },
    ]);
  });

  onServer("reports what is changed, missing, pending, or not in any migration", async () => {
    await place.query(
      "specs",
      "DROP INDEX idx_projects_user_id; ALTER TABLE projects ALTER COLUMN name TYPE text; CREATE TABLE notes (id int)",
    );
    const live = async (object: string) =>
      JSON.parse((await trace(place, object, "--format", "json")).stdout);
    expect((await live("idx_projects_user_id")).live).toMatchObject({ state: "missing" });
    expect((await live("projects.name")).live).toMatchObject({
      state: "changed",
      differences: [{ attribute: "type", expected: "character varying(255)", actual: "text" }],
    });
    const documents = await live("knowledge_base_documents");
    expect(documents.live).toMatchObject({ state: "pending" });
    expect(documents.migrations).toMatchObject([
      { number: 10, action: "made" },
      {
        number: 12,
        action: "extended",
        what: [
          "column public.knowledge_base_documents.embedding",
          "index public.knowledge_base_documents.idx_knowledge_base_documents_embedding",
        ],
        location: { line: 4 },
      },
    ]);
    expect(await live("notes")).toMatchObject({ document: null, migrations: [], live: { state: "present" } });
  });
});

describe("trace", () => {
  it("finds constraints without a given name, extensions and sequences in the document, without a database", async () => {
    const place = await makePlace("embedded");
    try {
      const of = async (object: string) =>
        JSON.parse((await trace(place, object, "--format", "json")).stdout);
      const key = await of("specifications_superseded_by_fkey");
      expect(key.live).toEqual({ state: "unknown", reason: "the embedded database does not exist yet" });
      expect(key.document.location).toMatchObject({ file: "docs/schema.md", column: 1 });
      expect(key.migrations).toMatchObject([{ action: "made", location: { column: 1 } }]);
      expect(await of("vector")).toMatchObject({
        object: { kind: "extension" },
        document: { phase: { from: 5, to: 5 } },
      });
      expect(await of("audit_logs_id_seq")).toMatchObject({ document: { phase: { from: 0, to: 0 } } });
      const server = {
        DATABASE_URL_AUTH: "postgresql://me@127.0.0.1:1/a",
        DATABASE_URL_SPECS: "postgresql://me@127.0.0.1:1/b",
      };
      const { exitCode, stdout } = await place.run(["trace", "users.email"], { env: server });
      expect({ exitCode, stdout }).toEqual({
        exitCode: 0,
        stdout: expect.stringContaining("unknown: cannot connect to 127.0.0.1:1/a"),
      });
    } finally {
      await place.dispose();
    }
  });

  it("lists the matches of an ambiguous name, and the nearest to an unknown one", async () => {
    const place = await makePlace("embedded");
    try {
      expect((await refusal(place, ["trace", "team_id"])).text).toMatchInlineSnapshot(`
        "error: "team_id" is the name of 3 objects
        hint: Name one of them: auth.public.team_invitations.team_id, auth.public.team_members.team_id, specs.public.project_shares.team_id."
      `);
      expect((await refusal(place, ["trace", "usrs.email"])).text).toMatchInlineSnapshot(`
        "error: no object named "usrs.email"
        hint: Did you mean "users.email"?"
      `);
      expect((await refusal(place, ["trace", "xyzzy"])).text).toMatchInlineSnapshot(`
        "error: no object named "xyzzy"
        hint: Name a table, a column as table.column, an index, a constraint, or another object of a database."
      `);
    } finally {
      await place.dispose();
    }
  });
});
