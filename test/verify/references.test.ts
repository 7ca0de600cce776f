import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { password } from "../support/lanes/lane.ts";
import { lastPhase, makePlace, type Place, sampledEngines } from "../support/place.ts";
import { refusal } from "../support/refusal.ts";

interface Reference {
  readonly from: string;
  readonly to: string;
  readonly checked: number;
  readonly orphans: number;
  readonly sample: readonly { readonly row: Record<string, string>; readonly value: string }[];
}

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly object: string;
  readonly message: string;
  readonly hint: string;
  readonly location: { readonly file: string; readonly line: number };
}

async function verify(place: Place, ...args: string[]) {
  const result = await place.run(["verify", "references", "--format", "json", "--quiet", ...args]);
  const report = JSON.parse(result.stdout);
  const references: readonly Reference[] = report.references;
  const findings: readonly Finding[] = report.findings;
  return { exitCode: result.exitCode, references, values: report.values, skipped: report.skipped, findings };
}

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
/** Keys of no row. */
const nobody = (n: number) => `ffffffff-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** A row in every table, so that each reference has something to check. */
const authRows = `
INSERT INTO users (id, email, password_hash) SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'user' || n || '@example.org', 'x' FROM generate_series(1, 50) n`;
const specsRows = `
INSERT INTO projects (id, user_id, name) VALUES ('${uuid(1)}', '${uuid(1)}', 'one');
INSERT INTO specifications (id, project_id, category, content, source) VALUES ('${uuid(1)}', '${uuid(1)}', 'goals', 'x', 'user_input')`;

/** For each reference: SQL that inserts three rows, two of them dangling, and SQL that removes them. */
const planted: readonly {
  readonly phase: number;
  readonly from: string;
  readonly to: string;
  readonly plant: string;
  readonly undo: string;
}[] = [
  {
    phase: 0,
    from: "projects.user_id",
    to: "auth.public.users.id",
    plant: `INSERT INTO projects (user_id, name) VALUES ('${nobody(1)}', 'p'), ('${nobody(1)}', 'p'), ('${uuid(2)}', 'p')`,
    undo: "DELETE FROM projects WHERE name = 'p'",
  },
  {
    phase: 3,
    from: "llm_usage_tracking.user_id",
    to: "auth.public.users.id",
    plant: `INSERT INTO llm_usage_tracking (user_id, provider, model, tokens_input, tokens_output, tokens_total) VALUES ('${nobody(1)}', 'p', 'm', 1, 1, 2), ('${nobody(2)}', 'p', 'm', 1, 1, 2), ('${uuid(2)}', 'p', 'm', 1, 1, 2)`,
    undo: "DELETE FROM llm_usage_tracking",
  },
  {
    phase: 5,
    from: "user_behavior_patterns.user_id",
    to: "auth.public.users.id",
    plant: `INSERT INTO user_behavior_patterns (user_id, pattern_type, pattern_data, confidence) VALUES ('${nobody(1)}', 'p', '{}', 1), ('${nobody(2)}', 'p', '{}', 1), ('${uuid(2)}', 'p', '{}', 1)`,
    undo: "DELETE FROM user_behavior_patterns",
  },
  {
    phase: 5,
    from: "question_effectiveness.user_id",
    to: "auth.public.users.id",
    plant: `INSERT INTO question_effectiveness (user_id, question_template_id, role) VALUES ('${nobody(1)}', 'a', 'r'), ('${nobody(2)}', 'a', 'r'), ('${uuid(2)}', 'a', 'r')`,
    undo: "DELETE FROM question_effectiveness",
  },
  {
    phase: 5,
    from: "knowledge_base_documents.user_id",
    to: "auth.public.users.id",
    plant: `INSERT INTO knowledge_base_documents (project_id, user_id, filename, file_size, content_type) VALUES ('${uuid(1)}', '${nobody(1)}', 'f', 1, 't'), ('${uuid(1)}', '${nobody(2)}', 'f', 1, 't'), ('${uuid(1)}', '${uuid(2)}', 'f', 1, 't')`,
    undo: "DELETE FROM knowledge_base_documents",
  },
  {
    phase: 6,
    from: "project_shares.team_id",
    to: "auth.public.teams.id",
    plant: `INSERT INTO project_shares (project_id, team_id, shared_by, permission_level) VALUES ('${uuid(1)}', '${nobody(1)}', '${uuid(1)}', 'read'), ('${uuid(1)}', '${nobody(2)}', '${uuid(1)}', 'read')`,
    undo: "DELETE FROM project_shares",
  },
  {
    phase: 6,
    from: "project_shares.shared_by",
    to: "auth.public.users.id",
    plant: `INSERT INTO project_shares (project_id, team_id, shared_by, permission_level) VALUES ('${uuid(1)}', '${uuid(7)}', '${nobody(1)}', 'read'), ('${uuid(1)}', '${uuid(8)}', '${nobody(1)}', 'read')`,
    undo: "DELETE FROM project_shares",
  },
  {
    phase: 1,
    from: "conflicts.spec_ids",
    to: "specs.public.specifications.id",
    plant: `INSERT INTO conflicts (project_id, type, description, spec_ids, severity) VALUES ('${uuid(1)}', 'resource', 'd', ARRAY['${uuid(1)}', '${nobody(1)}', NULL, '${nobody(2)}']::uuid[], 'low')`,
    undo: "DELETE FROM conflicts",
  },
  {
    phase: 4,
    from: "generated_files.spec_ids",
    to: "specs.public.specifications.id",
    plant: `INSERT INTO generated_projects (id, project_id, total_files, total_lines, generation_started_at, generation_status) VALUES ('${uuid(1)}', '${uuid(1)}', 1, 1, now(), 'failed');
      INSERT INTO generated_files (generated_project_id, file_path, spec_ids) VALUES ('${uuid(1)}', 'a', ARRAY['${uuid(1)}', '${nobody(1)}']::uuid[]), ('${uuid(1)}', 'b', ARRAY['${nobody(1)}']::uuid[]), ('${uuid(1)}', 'c', NULL)`,
    undo: "DELETE FROM generated_projects",
  },
  {
    phase: 5,
    from: "user_behavior_patterns.learned_from_projects",
    to: "specs.public.projects.id",
    plant: `INSERT INTO user_behavior_patterns (user_id, pattern_type, pattern_data, confidence, learned_from_projects) VALUES ('${uuid(1)}', 'p', '{}', 1, ARRAY['${nobody(1)}', '${uuid(1)}', '${nobody(2)}']::uuid[])`,
    undo: "DELETE FROM user_behavior_patterns",
  },
];

describe.each(sampledEngines("server"))("verify references (%s)", (engine) => {
  let place: Place;
  const here = planted.filter(({ phase }) => phase <= lastPhase(engine));
  beforeAll(async () => {
    place = await makePlace(engine, { migrated: true });
    await place.query("auth", authRows);
    await place.query("specs", specsRows);
  });
  afterAll(() => place.dispose());

  it("checks each reference of the document and finds nothing in sound data", async () => {
    const { exitCode, references, findings } = await verify(place);
    expect(references.map(({ from, to }) => `${from} -> ${to}`).sort()).toEqual(
      here.map(({ from, to }) => `specs.public.${from} -> ${to}`).sort(),
    );
    expect(references.find(({ from }) => from === "specs.public.projects.user_id")).toMatchObject({
      checked: 1,
      orphans: 0,
    });
    expect(findings.filter(({ severity }) => severity !== "advice")).toEqual([]);
    expect(exitCode).toBe(0);
  });

  // The embedded engine runs the same statements; starting it for each of them takes long.
  const one = engine === "embedded" ? here.filter(({ from }) => /^(projects|conflicts)\./.test(from)) : here;
  it.each(one)("counts and names the orphans of $from", async ({ from, to, plant, undo }) => {
    await place.query("specs", plant);
    const { exitCode, references, findings } = await verify(place, "--sample", "1");
    await place.query("specs", undo);
    const errors = findings.filter(({ severity }) => severity === "error");
    expect(errors.filter(({ object }) => object === `public.${from}`)).toMatchObject([
      {
        code: "orphans",
        actual: 2,
        message: expect.stringMatching(/: id [0-9a-f-]+ -> ffffffff-[0-9a-f-]+$/),
        location: { file: expect.stringContaining("schema.md"), line: expect.any(Number) },
      },
    ]);
    const found = references.find((reference) => reference.from === `specs.public.${from}`);
    expect(found).toMatchObject({ to, orphans: 2 });
    expect(found?.sample).toHaveLength(1);
    expect(found?.sample[0]?.value).toMatch(/^ffffffff-/);
    expect(Object.keys(found?.sample[0]?.row ?? {})).toEqual(["id"]);
    expect(exitCode).toBe(1);
  });

  it("counts values that the document does not list and no CHECK forbids", async () => {
    await place.query(
      "specs",
      `INSERT INTO specifications (project_id, category, content, source) VALUES ('${uuid(1)}', 'c', 'x', 'guess'), ('${uuid(1)}', 'c', 'x', 'guess'), ('${uuid(1)}', 'c', 'x', 'it''s')`,
    );
    const { exitCode, values, findings } = await verify(place);
    await place.query("specs", "DELETE FROM specifications WHERE category = 'c'");
    expect(findings.filter(({ severity }) => severity === "error")).toMatchObject([
      {
        code: "unlisted-value",
        object: "public.specifications.source",
        expected: "user_input, extracted, inferred",
        actual: '"guess" (2), "it\'s" (1)',
      },
    ]);
    expect(values.map(({ column }: { column: string }) => column)).toEqual([
      "specs.public.specifications.source",
      "specs.public.questions.category",
      "specs.public.test_results.test_type",
    ]);
    expect(values[0]).toMatchObject({ checked: 4, offending: 3 });
    expect(exitCode).toBe(1);
  });
});

describe("verify references, the document", () => {
  const engine = lastPhase("server") === 6 ? "server" : "embedded";
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(engine);
    await place.query(
      "auth",
      'CREATE TABLE people (id bigint PRIMARY KEY, name text COLLATE "C" UNIQUE, born date UNIQUE)',
    );
    await place.query(
      "specs",
      "CREATE TABLE papers (id int, part int, owner bigint, small int, name varchar(20), born date, tags uuid[], flag boolean, PRIMARY KEY (id, part))",
    );
  });
  beforeEach(async () => {
    await place.query("auth", "TRUNCATE people");
    await place.query("specs", "TRUNCATE papers");
  });
  afterAll(() => place.dispose());

  /** A document of two tables, with comments after the columns of one. */
  function withComments(comments: Readonly<Record<string, string>>): string {
    const columns = Object.entries({
      owner: "bigint",
      small: "int",
      name: "varchar(20)",
      born: "date",
      tags: "uuid[]",
      flag: "boolean",
    });
    const lines = columns.map(([name, type]) => `    ${name} ${type},  -- ${comments[name] ?? "a column"}`);
    const text = [
      "# Phase 0",
      "## socrates_auth Database",
      "### Table: people",
      "```sql",
      "CREATE TABLE people (id bigint PRIMARY KEY, name text UNIQUE, born date UNIQUE);",
      "```",
      "## socrates_specs Database",
      "### Table: papers",
      "```sql",
      "CREATE TABLE papers (",
      "    id int,",
      "    part int,",
      ...lines,
      "    PRIMARY KEY (id, part)",
      ");",
      "```",
      "",
    ].join("\n");
    writeFileSync(path.join(place.folder, "schema.md"), text);
    return "schema.md";
  }

  it("checks the reference of a new comment, whatever the type of the keys", async () => {
    await place.query(
      "auth",
      "INSERT INTO people (id, name) VALUES (-9223372036854775808, 'Äpfel'), (-1, 'a'), (0, 'B'), (5, ''), (9223372036854775807, 'zoë')",
    );
    await place.query(
      "specs",
      "INSERT INTO papers (id, part, owner, small, name) VALUES (1, 1, -9223372036854775808, -1, 'Äpfel'), (1, 2, 9223372036854775807, 5, ''), (2, 1, -2, 0, 'zoë'), (2, 2, 7, 7, 'b'), (3, 1, -2, NULL, NULL)",
    );
    const document = withComments({
      owner: "References people(id) in socrates_auth",
      small: "who it was, references people(id) in socrates_auth",
      name: "References people(name) in socrates_auth",
      tags: "References papers(nothing)",
    });
    const { references, findings } = await verify(place, "--document", document);
    expect(references).toEqual([
      {
        from: "specs.public.papers.owner",
        to: "auth.public.people.id",
        checked: 5,
        orphans: 3,
        sample: [
          { row: { id: "2", part: "1" }, value: "-2" },
          { row: { id: "2", part: "2" }, value: "7" },
          { row: { id: "3", part: "1" }, value: "-2" },
        ],
      },
      {
        from: "specs.public.papers.small",
        to: "auth.public.people.id",
        checked: 4,
        orphans: 1,
        sample: [{ row: { id: "2", part: "2" }, value: "7" }],
      },
      {
        from: "specs.public.papers.name",
        to: "auth.public.people.name",
        checked: 4,
        orphans: 1,
        sample: [{ row: { id: "2", part: "2" }, value: "b" }],
      },
    ]);
    expect(findings.find(({ object }) => object === "public.papers.small")?.message).toMatch(
      /: id 2, part 2 -> 7$/,
    );
    const others = findings.filter(({ code, severity }) => code !== "orphans" && severity !== "advice");
    expect(others).toMatchObject([
      {
        code: "unknown-reference",
        severity: "error",
        object: "public.papers.tags",
        location: { file: "schema.md", line: 17 },
      },
      { code: "reference-type", severity: "warning", object: "public.papers.name" },
      { code: "reference-type", severity: "warning", object: "public.papers.small" },
    ]);
  });

  it.each([
    [
      "a table that is not documented",
      { owner: "References peple(id) in socrates_auth" },
      "unknown-reference",
      'Did you mean "people"?',
    ],
    [
      "a column that is not documented",
      { owner: "References people(idd) in socrates_auth" },
      "unknown-reference",
      'Did you mean "id"?',
    ],
    [
      "a column of another type",
      { born: "References people(id) in socrates_auth" },
      "reference-type",
      "same type",
    ],
  ])("names %s with its line", async (_, comments, code, hint) => {
    const { exitCode, findings } = await verify(place, "--document", withComments(comments));
    expect(findings.filter(({ severity }) => severity === "error")).toMatchObject([
      {
        code,
        hint: expect.stringContaining(hint),
        location: { file: "schema.md", line: expect.any(Number) },
      },
    ]);
    expect(exitCode).toBe(1);
  });

  it("reports an array of keys of an unknown table, and a type that is not compared", async () => {
    const document = withComments({ born: "References people(born) in socrates_auth" });
    const { exitCode, findings, skipped } = await verify(place, "--document", document);
    expect(findings).toMatchObject([
      { code: "unstated-reference", severity: "advice", object: "public.papers.tags" },
    ]);
    expect(skipped).toEqual([
      {
        from: "specs.public.papers.born",
        to: "auth.public.people.born",
        reason: "values of type date are not compared",
      },
    ]);
    expect(exitCode).toBe(0);
  });

  it("reports what is left out with one database", async () => {
    const document = withComments({ owner: "References people(id) in socrates_auth" });
    const { skipped } = await verify(place, "--document", document, "--database", "specs");
    expect(skipped).toMatchObject([{ reason: "socrates_auth is left out" }]);
  });

  it("names a table that one database does not have yet", async () => {
    const document = withComments({ owner: "References people(id) in socrates_auth" });
    await place.query("auth", "ALTER TABLE people RENAME TO folk");
    const { exitCode, findings } = await verify(place, "--document", document);
    await place.query("auth", "ALTER TABLE folk RENAME TO people");
    expect(findings.filter(({ severity }) => severity === "error")).toMatchObject([
      { code: "reference-target-missing", object: "public.papers.owner" },
    ]);
    expect(exitCode).toBe(1);
  });

  it("refuses an invalid number of samples", async () => {
    expect((await refusal(place, ["verify", "references", "--sample", "many"])).code).toBe("usage");
  });
});

describe("verify references, privileges (server)", () => {
  it("reports what a role may not read, and checks the rest", async () => {
    const place = await makePlace("server", { migrated: true });
    const role = `sdb_limited_${process.pid}`;
    await place.query("auth", `CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
    for (const key of ["auth", "specs"])
      await place.query(
        key,
        `GRANT USAGE ON SCHEMA public, socrates_db TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA public, socrates_db TO ${role}`,
      );
    await place.query("specs", `REVOKE SELECT ON llm_usage_tracking, conflicts FROM ${role}`);
    await place.query("specs", `ALTER TABLE projects ENABLE ROW LEVEL SECURITY`);
    const urls = Object.fromEntries(
      Object.entries(place.env).map(([name, text]) => {
        const url = new URL(text);
        url.username = role;
        url.password = password;
        return [name, url.href];
      }),
    );
    const { exitCode, stdout } = await place.run(["verify", "references", "--format", "json", "--quiet"], {
      env: urls,
    });
    for (const key of ["specs", "auth"]) await place.query(key, `DROP OWNED BY ${role}`);
    await place.query("auth", `DROP ROLE ${role}`);
    await place.dispose();
    const { findings, references } = JSON.parse(stdout);
    const unreadable = findings.filter(({ code }: Finding) => code === "unreadable");
    expect(unreadable.map(({ object }: Finding) => object)).toEqual(
      expect.arrayContaining([
        "public.conflicts.spec_ids",
        "public.llm_usage_tracking.user_id",
        "public.projects.user_id",
      ]),
    );
    expect(references.map(({ from }: Reference) => from)).not.toContain("specs.public.projects.user_id");
    expect(exitCode).toBe(1);
  });
});
