import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { databases } from "../../src/databases.ts";
import type { DocumentedTable } from "../../src/document/model.ts";
import { readDocument } from "../../src/document/read.ts";
import { lastPhase, makePlace, type Place } from "../support/place.ts";
import { refusal } from "../support/refusal.ts";

const document = readDocument(
  path.resolve(import.meta.dirname, "../fixtures/documents/contradictions.md"),
  databases,
);

/** The document gives a range of phases for these; the migrations create them in phase 1. */
const ofPhase1 = ["questions", "conflicts", "quality_metrics", "maturity_tracking"];

function phaseOf({ name, phase }: DocumentedTable): number {
  return ofPhase1.includes(name.replace("public.", "")) ? 1 : phase.from;
}

/** The SQL of the contradictory document, as a user would run it with psql, without what is commented out. */
function documented(database: string, phase: number): string {
  return document.tables
    .filter((table) => table.database === database && phaseOf(table) <= phase)
    .flatMap(({ name, statements }) => [
      ...(name === "public.knowledge_base_documents" ? ["CREATE EXTENSION IF NOT EXISTS vector"] : []),
      ...statements.filter(({ deferred }) => !deferred).map(({ sql }) => sql),
    ])
    .join(";\n");
}

async function makeByHand(place: Place, phase: number): Promise<void> {
  for (const key of ["auth", "specs"]) await place.query(key, documented(`socrates_${key}`, phase));
}

const opened: Place[] = [];
async function open(engine: Parameters<typeof makePlace>[0], options = {}): Promise<Place> {
  const place = await makePlace(engine, options);
  opened.push(place);
  return place;
}
afterEach(async () => {
  for (const place of opened.splice(0)) await place.dispose();
});

/** Runs adopt, and returns its exit code, its lines about the databases, and its findings in short. */
async function adopt(place: Place, ...args: string[]) {
  const { exitCode, stdout } = await place.run(["adopt", "--format", "json", "--quiet", ...args]);
  const { outcome, databases, findings } = JSON.parse(stdout);
  const counts = new Map<string, number>();
  for (const { severity, code } of findings)
    counts.set(`${severity} ${code}`, (counts.get(`${severity} ${code}`) ?? 0) + 1);
  return { exitCode, outcome, databases, findings, counts: Object.fromEntries(counts) };
}

const hasLedger = "SELECT count(*)::int AS n FROM pg_namespace WHERE nspname = 'socrates_db'";

async function ledgers(place: Place): Promise<number> {
  const rows = await Promise.all(["auth", "specs"].map((key) => place.query<{ n: number }>(key, hasLedger)));
  return rows.reduce((total, [row]) => total + (row?.n ?? 0), 0);
}

const heads: Readonly<Record<number, readonly [number, number]>> = {
  0: [1, 2],
  2: [4, 5],
  3: [6, 7],
  5: [6, 12],
  6: [13, 14],
};

it.each(
  Object.keys(heads)
    .map(Number)
    .filter((phase) => phase <= lastPhase("server")),
)("adopt takes over what the source document's SQL made at phase %i", async (phase) => {
  const place = await open("server");
  await makeByHand(place, phase);
  const [auth, specs] = heads[phase] ?? [];
  const dry = await adopt(place, "--dry-run");
  expect(dry).toMatchObject({
    exitCode: 0,
    outcome: "dry-run",
    databases: { auth: { state: "fits", head: auth }, specs: { state: "fits", head: specs } },
  });
  expect(await ledgers(place)).toBe(0);

  const { exitCode, outcome, databases, counts } = await adopt(place);
  expect({ exitCode, outcome }).toEqual({ exitCode: 0, outcome: "adopted" });
  expect(databases).toMatchObject({
    auth: { state: "adopted", head: auth },
    specs: { state: "adopted", head: specs },
  });
  // Duplicate foreign keys exist in the database; for the index that is commented out, the hint has its SQL.
  expect(Object.keys(counts).sort()).toEqual(
    phase < 5 ? ["warning duplicate"] : ["warning duplicate", "warning missing"],
  );

  const history = await place.query("specs", "SELECT DISTINCT action FROM socrates_db.history");
  expect(history).toEqual([{ action: "adopt" }]);
  expect(await place.run(["migrate", "--phase", String(lastPhase("server")), "--quiet"])).toMatchObject({
    exitCode: 0,
  });
  const file = document.file;
  expect(await place.run(["diff", "--document", path.resolve(file), "--quiet"])).toMatchObject({
    exitCode: 0,
  });
  if (phase >= 5)
    await place.query(
      "specs",
      "CREATE INDEX idx_knowledge_base_documents_embedding ON knowledge_base_documents USING ivfflat (embedding vector_cosine_ops) WITH (lists = 100)",
    );
  expect(await place.run(["rollback", "--to", "0", "--quiet"])).toMatchObject({ exitCode: 0 });
});

it("adopt also baselines embedded databases", async () => {
  const place = await open("embedded");
  await makeByHand(place, 5);
  expect(await adopt(place)).toMatchObject({
    exitCode: 0,
    databases: { auth: { state: "adopted", head: 6 }, specs: { state: "adopted", head: 12 } },
  });
  expect(await place.run(["migrate", "--quiet"])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("head 014, phase 6"),
  });
});

const engine = lastPhase("server") === 6 ? "server" : "embedded";

describe("adopt", () => {
  it("accepts Alembic's schema: its own table, other names, no comments, expressions deparsed once more", async () => {
    const place = await open(engine);
    await makeByHand(place, 3);
    await place.query(
      "auth",
      `CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('58ecd4070aa6');
       ALTER INDEX idx_users_created_at RENAME TO ix_users_created_at; ALTER TABLE users RENAME CONSTRAINT users_email_unique TO users_email_key;
       ALTER TABLE refresh_tokens DROP CONSTRAINT refresh_tokens_user_fk; COMMENT ON TABLE users IS NULL;
       CREATE INDEX ix_users_name ON users (name);
       ALTER TABLE api_keys DROP CONSTRAINT api_keys_provider_valid, ADD CONSTRAINT api_keys_provider_valid CHECK (
         provider::text = ANY (ARRAY['claude'::varchar, 'openai'::varchar, 'gemini'::varchar, 'ollama'::varchar, 'other'::varchar]::text[]))`,
    );
    const { exitCode, databases, findings } = await adopt(place, "--database", "auth");
    expect({ exitCode, databases }).toMatchObject({
      exitCode: 0,
      databases: { auth: { state: "adopted", head: 6 } },
    });
    const others = findings.filter(({ code }: { code: string }) => code !== "duplicate");
    expect(
      others.map(({ severity, code, object }: Record<string, string>) => `${severity} ${code} ${object}`),
    ).toEqual([
      "warning unexpected public.alembic_version",
      "warning renamed public.refresh_tokens.refresh_tokens_user_fk",
      "warning changed public.users",
      "warning renamed public.users.idx_users_created_at",
      "warning unexpected public.users.ix_users_name",
      "warning renamed public.users.users_email_unique",
    ]);
    expect(
      others.find(({ object }: Record<string, string>) => object === "public.users.idx_users_created_at")
        ?.hint,
    ).toContain("ALTER INDEX public.ix_users_created_at RENAME TO idx_users_created_at");
  });

  it.each([
    [
      "a missing column",
      "ALTER TABLE projects DROP COLUMN description",
      5,
      "missing column public.projects.description",
    ],
    [
      "another type",
      "ALTER TABLE sessions ALTER COLUMN mode TYPE text",
      5,
      "changed column public.sessions.mode",
    ],
    ["a missing table", "DROP TABLE test_results, conflicts", 3, "missing table public.conflicts"],
    [
      "a missing index",
      "DROP INDEX idx_projects_user_id",
      5,
      "missing index public.projects.idx_projects_user_id",
    ],
    [
      "an extra column",
      "ALTER TABLE projects ADD COLUMN owner text",
      5,
      "unexpected column public.projects.owner",
    ],
    [
      "the half of a migration",
      "DROP TABLE test_results, maturity_tracking",
      3,
      "missing table public.maturity_tracking",
    ],
  ])(
    "refuses a database with %s, with the nearest point, and writes neither ledger",
    async (_, damage, nearest, difference) => {
      const place = await open(engine);
      await makeByHand(place, 2);
      await place.query("specs", damage);
      const { exitCode, outcome, databases, findings } = await adopt(place);
      expect({ exitCode, outcome }).toEqual({ exitCode: 1, outcome: "refused" });
      expect(databases).toMatchObject({
        auth: { state: "fits", head: 4 },
        specs: { state: "differs", nearest: { number: nearest } },
      });
      const errors = findings.filter(({ severity }: { severity: string }) => severity === "error");
      expect(
        errors.map(({ code, kind, object }: Record<string, string>) => `${code} ${kind} ${object}`),
      ).toContain(difference);
      for (const { location, code } of errors)
        if (code !== "unexpected") expect(location).toMatchObject({ line: expect.any(Number) });
      expect(await ledgers(place)).toBe(0);
    },
  );

  it("refuses databases that have nothing to adopt, or tables of the other one", async () => {
    const empty = await open("embedded");
    expect((await refusal(empty, ["adopt"])).text).toMatchInlineSnapshot(`
      "error: nothing to adopt: socrates_auth and socrates_specs have none of the migrations' tables
      hint: Create them with: socrates-db migrate"
    `);
    const place = await open(engine);
    expect((await refusal(place, ["adopt"])).code).toBe("nothing-to-adopt");
    await makeByHand(place, 0);
    await place.query("specs", documented("socrates_auth", 0));
    const { code, text } = await refusal(place, ["adopt"]);
    expect(code).toBe("wrong-chain");
    expect(text).toContain(
      "holds tables of auth: audit_logs, password_reset_requests, refresh_tokens, users",
    );
    expect(await ledgers(place)).toBe(0);
    const migrated = await open(engine, { migrated: true });
    expect((await refusal(migrated, ["adopt"])).text).toContain("a ledger already");
  });

  it("adopts the rest when only one of the databases has a ledger, and once when many run", async () => {
    const place = await open(engine);
    await makeByHand(place, 0);
    expect((await adopt(place, "--database", "auth")).databases).toMatchObject({
      auth: { state: "adopted" },
    });
    const runs = await Promise.all([0, 1, 2].map(() => place.run(["adopt", "--quiet"], { spawn: true })));
    expect(runs.map(({ exitCode }) => exitCode).sort()).toEqual([0, 3, 3]);
    expect(runs.find(({ exitCode }) => exitCode === 0)?.stdout).toContain("auth: already has a ledger");
    const rows = await place.query("specs", "SELECT number, name, duration_ms FROM socrates_db.migrations");
    expect(rows).toEqual([{ number: 2, name: "create_specs_tables", duration_ms: 0 }]);
  });

  it("writes nothing in either database without the privilege", async () => {
    if (engine !== "server") return;
    const place = await open(engine);
    await makeByHand(place, 0);
    await place.query(
      "specs",
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$",
    );
    expect((await refusal(place, ["adopt"])).code).toBe("read-only");
    expect(await ledgers(place)).toBe(0);
  });
});
