import path from "node:path";
import { compare } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session } from "../../src/database/session.ts";
import { databases } from "../../src/databases.ts";
import { readDocument } from "../../src/document/read.ts";
import { password } from "../../src/seed/tables/people.ts";
import type { CliResult } from "../support/cli.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";
import { keys } from "./helpers.ts";

const document = readDocument(path.resolve(import.meta.dirname, "../../docs/schema.md"), databases);

let place: Place;
let drift: CliResult;
/** Kept open: an embedded database takes longer to open than to answer. */
const sessions = new Map<string, Session>();

beforeAll(async () => {
  place = await makePlace("embedded", { migrated: true });
  expect(await place.run(["seed", "--users", "50", "--seed", "1"])).toMatchObject({ exitCode: 0 });
  drift = await place.run(["diff"]);
  for (const key of keys) sessions.set(key, await connectTo(place, key));
});
afterAll(async () => {
  for (const session of sessions.values()) await session.close();
  await place.dispose();
});

async function query<Row extends object>(key: string, sql: string): Promise<readonly Row[]> {
  return (await sessions.get(key)?.run<Row>(sql)) ?? [];
}

function keyOf(database: string): string {
  return databases.find(({ name }) => name === database)?.key ?? "";
}

/** The one value of a query. */
async function value(key: string, sql: string): Promise<unknown> {
  const [row] = await query<{ value: unknown }>(key, `SELECT (${sql}) AS value`);
  return row?.value;
}

async function column(key: string, sql: string): Promise<unknown[]> {
  return (await query<{ value: unknown }>(key, sql)).map((row) => row.value);
}

describe("the seeded databases", () => {
  it("have rows in every table", async () => {
    const tables = document.tables.map(({ name, database }) => ({ name, key: keyOf(database) }));
    expect(tables).toHaveLength(25);
    for (const { key, name } of tables)
      expect(await value(key, `SELECT count(*)::int FROM ${name}`), name).toBeGreaterThan(0);
  });

  it("always have the rows of this seed in a fixture: databases and notes refer to them", async () => {
    const lines: string[] = [];
    for (const { name, database } of document.tables) {
      const key = keyOf(database);
      const [found] = await query<{ count: number; sum: string; first: string }>(
        key,
        `SELECT count(*)::int AS count, md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")) AS sum, left(min(t::text COLLATE "C"), 200) AS first FROM ${name} t`,
      );
      lines.push(`${key}.${name}: ${found?.count} rows, ${found?.sum}`, `  ${JSON.stringify(found?.first)}`);
    }
    const fixture = path.resolve(import.meta.dirname, "../fixtures/seed/users-50-seed-1.txt");
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(fixture);
  });

  it("match the document afterwards", () => {
    expect(drift).toMatchObject({ exitCode: 0 });
  });

  const references = document.tables.flatMap((table) =>
    table.references.map((reference) => ({ ...reference, from: table })),
  );
  it.each(references.map((to) => [`${to.table}.${to.column}`, to.toDatabase, to] as const))(
    "%s refers to rows of %s",
    async (_, __, { from, column: name, ...to }) => {
      const there = await column(keyOf(to.toDatabase), `SELECT ${to.toColumn} AS value FROM ${to.toTable}`);
      const here = await column(keyOf(from.database), `SELECT DISTINCT ${name} AS value FROM ${from.name}`);
      expect(here.length).toBeGreaterThan(0);
      const known = new Set(there);
      expect(here.filter((id) => !known.has(id))).toEqual([]);
    },
  );

  it.each([
    ["conflicts", "t.project_id"],
    ["generated_files", "(SELECT project_id FROM generated_projects g WHERE g.id = t.generated_project_id)"],
  ])("%s.spec_ids names specifications of the same project", async (table, project) => {
    const wrong = `SELECT count(*)::int FROM ${table} t, unnest(t.spec_ids) AS used(id) WHERE NOT EXISTS (SELECT FROM specifications s WHERE s.id = used.id AND s.project_id = ${project})`;
    expect(await value("specs", wrong)).toBe(0);
  });

  it("learn patterns from projects of the same user", async () => {
    const wrong =
      "SELECT count(*)::int FROM user_behavior_patterns t, unnest(t.learned_from_projects) AS used(id) WHERE NOT EXISTS (SELECT FROM projects p WHERE p.id = used.id AND p.user_id = t.user_id)";
    expect(await value("specs", wrong)).toBe(0);
  });

  const questionCategories =
    "goals requirements tech_stack scalability security performance testing monitoring data_retention disaster_recovery";
  it.each([
    ["specs", "sessions.mode", "socratic direct_chat"],
    ["specs", "specifications.source", "user_input extracted inferred"],
    ["specs", "conversation_history.role", "user assistant system"],
    ["specs", "questions.category", questionCategories],
    ["specs", "specifications.category", questionCategories],
    ["specs", "maturity_tracking.category", `${questionCategories} deployment team_structure`],
    ["specs", "conflicts.type", "technology requirement timeline resource"],
    ["specs", "conflicts.severity", "low medium high critical"],
    ["specs", "conflicts.status", "open resolved ignored"],
    ["specs", "test_results.test_type", "compatibility integration unit"],
    ["specs", "test_results.test_status", "pending running passed failed"],
    ["specs", "generated_projects.generation_status", "pending in_progress completed failed"],
    ["specs", "project_shares.permission_level", "read write admin"],
    ["auth", "api_keys.provider", "claude openai gemini ollama"],
    ["auth", "team_members.role", "owner lead developer viewer"],
    ["auth", "team_invitations.role", "lead developer viewer"],
  ])("%s: %s is one of %s", async (key, name, words) => {
    const [table, part] = name.split(".");
    const found = await column(key, `SELECT DISTINCT ${part} AS value FROM ${table}`);
    expect(found.length).toBeGreaterThan(1);
    expect(found.filter((word) => !words.split(" ").includes(String(word)))).toEqual([]);
  });

  it.each([
    [
      "specs",
      "a superseded specification names a later one of its project and category",
      "SELECT count(*)::int FROM specifications a LEFT JOIN specifications b ON b.id = a.superseded_by WHERE a.is_current <> (a.superseded_by IS NULL) OR a.is_current <> (a.superseded_at IS NULL) OR b.created_at <= a.created_at OR b.project_id <> a.project_id OR b.category <> a.category OR a.superseded_at < b.created_at",
    ],
    [
      "specs",
      "tokens add up",
      "SELECT count(*)::int FROM llm_usage_tracking WHERE tokens_total <> tokens_input + tokens_output",
    ],
    [
      "specs",
      "costs follow from one price for each model",
      "SELECT count(*)::int FROM llm_usage_tracking u JOIN (VALUES ('claude-sonnet-4-5', 3, 15), ('claude-haiku-4-5', 1, 5), ('gpt-4o', 2.5, 10), ('gemini-2.5-pro', 1.25, 10), ('llama3.1:8b', 0, 0)) p (model, i, o) USING (model) WHERE cost_usd <> round((tokens_input * i + tokens_output * o) / 1000000, 6)",
    ],
    [
      "specs",
      "maturity is the mean of twelve categories",
      "SELECT count(*)::int FROM (SELECT p.maturity_score, count(*) AS n, floor(avg(m.score)) AS mean FROM projects p JOIN maturity_tracking m ON m.project_id = p.id GROUP BY p.id) s WHERE n <> 12 OR mean <> maturity_score",
    ],
    [
      "specs",
      "conversations are in order of time within a session",
      "SELECT count(*)::int FROM conversation_history a JOIN conversation_history b ON b.id = a.id + 1 AND b.session_id = a.session_id WHERE b.timestamp < a.timestamp",
    ],
    [
      "specs",
      "nothing is said outside of its session",
      "SELECT count(*)::int FROM conversation_history h JOIN sessions s ON s.id = h.session_id WHERE h.timestamp < s.started_at OR h.timestamp > s.ended_at",
    ],
    [
      "specs",
      "a generation counts its files",
      "SELECT count(*)::int FROM (SELECT g.total_files, count(f.id) AS n FROM generated_projects g LEFT JOIN generated_files f ON f.generated_project_id = g.id GROUP BY g.id) s WHERE n <> total_files",
    ],
    [
      "specs",
      "a file has the size of its content",
      "SELECT count(*)::int FROM generated_files WHERE octet_length(file_content) <> file_size",
    ],
    [
      "auth",
      "audit logs are numbered in order of time",
      "SELECT count(*)::int FROM audit_logs a JOIN audit_logs b ON b.id = a.id + 1 WHERE b.timestamp < a.timestamp",
    ],
    [
      "auth",
      "each login of the audit log has its refresh token",
      "SELECT count(*)::int FROM audit_logs a LEFT JOIN refresh_tokens r ON r.id::text = a.resource_id AND r.created_at = a.timestamp WHERE a.action = 'user.login' AND r.id IS NULL",
    ],
    [
      "auth",
      "no user does anything before registration",
      "SELECT count(*)::int FROM audit_logs a JOIN users u ON u.id = a.user_id WHERE a.timestamp < u.created_at",
    ],
    [
      "auth",
      "the last login is the last refresh token",
      "SELECT count(*)::int FROM users u WHERE last_login_at IS DISTINCT FROM (SELECT max(created_at) FROM refresh_tokens r WHERE r.user_id = u.id)",
    ],
    [
      "auth",
      "every team has one owner",
      "SELECT count(*)::int FROM teams t WHERE (SELECT count(*) FROM team_members m WHERE m.team_id = t.id AND m.role = 'owner' AND m.user_id = t.created_by) <> 1",
    ],
  ])("%s: %s", async (key, _, wrong) => {
    expect(await value(key, wrong)).toBe(0);
  });

  it("have no time after the end, and none that goes backwards", async () => {
    for (const key of keys) {
      const columns = await query<{ table: string; columns: string[] }>(
        key,
        "SELECT table_name AS table, array_to_json(array_agg(column_name::text)) AS columns FROM information_schema.columns WHERE table_schema = 'public' AND data_type LIKE 'timestamp%' AND column_name <> 'expires_at' GROUP BY 1",
      );
      for (const { table, columns: names } of columns) {
        const latest = `SELECT count(*)::int FROM ${table} WHERE greatest(${names.join(", ")}) > '2026-01-01'`;
        expect(await value(key, latest), table).toBe(0);
        for (const first of names.filter((name) =>
          /^(created|started|detected|learned|generation_started)_at$/.test(name),
        )) {
          const backwards = `SELECT count(*)::int FROM ${table} WHERE least(${names.join(", ")}) < ${first}`;
          expect(await value(key, backwards), `${table}.${first}`).toBe(0);
        }
      }
    }
  });

  it("give a few users most of the projects", async () => {
    const share =
      "SELECT sum(n)::float / (SELECT count(*) FROM projects) FROM (SELECT count(*) AS n FROM projects GROUP BY user_id ORDER BY 1 DESC LIMIT 5) top";
    expect(await value("specs", share)).toBeGreaterThan(0.45);
  });

  it("let a user log in with the documented password", async () => {
    const [hash] = await column("auth", "SELECT password_hash AS value FROM users LIMIT 1");
    expect(await compare(password, String(hash))).toBe(true);
    expect(await compare(`${password}!`, String(hash))).toBe(false);
  });

  it("have embeddings of length one whose nearest neighbours are of the same topic", async () => {
    expect(
      await value(
        "specs",
        "SELECT count(*)::int FROM knowledge_base_documents WHERE abs(vector_norm(embedding) - 1) > 1e-5",
      ),
    ).toBe(0);
    const topic = (name: string) => `split_part(${name}.filename, '-', 1)`;
    const strangers = `SELECT count(*)::int FROM knowledge_base_documents d, LATERAL (SELECT n.filename FROM knowledge_base_documents n WHERE n.id <> d.id ORDER BY n.embedding <=> d.embedding LIMIT 1) n
      WHERE ${topic("n")} <> ${topic("d")} AND (SELECT count(*) FROM knowledge_base_documents o WHERE ${topic("o")} = ${topic("d")}) > 1`;
    expect(await value("specs", strangers)).toBe(0);
  });

  it("continue to count after the last row", async () => {
    const [row] = await query<{ id: string; most: string }>(
      "auth",
      "INSERT INTO audit_logs (action) VALUES ('test') RETURNING id, (SELECT max(id) FROM audit_logs) AS most",
    );
    expect(Number(row?.id)).toBe(Number(row?.most) + 1);
    await query("auth", "DELETE FROM audit_logs WHERE action = 'test'");
  });
});
