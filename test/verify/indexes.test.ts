import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastPhase, makePlace, type Place } from "../support/place.ts";

const engine = lastPhase("server") === 6 ? "server" : "embedded";

describe("verify indexes", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(engine, { migrated: true });
  });
  afterAll(() => place.dispose());

  async function verify(...args: string[]) {
    const spawn = args.includes("--built");
    const words = args.filter((word) => word !== "--built");
    const result = await place.run(["verify", "indexes", "--format", "json", "--quiet", ...words], { spawn });
    const report = JSON.parse(result.stdout);
    return {
      exitCode: result.exitCode,
      indexes: report.indexes,
      errors: report.findings.filter(({ severity }: { severity: string }) => severity === "error"),
      findings: report.findings,
    };
  }

  it("finds 85 of 85 on a full migration, computed from the document", async () => {
    // With the build's schemas of the document, in a separate process.
    const { exitCode, indexes, errors } = await verify("--built");
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: [] });
    expect(indexes).toMatchObject({
      documented: 85,
      present: 85,
      byOrigin: { createIndex: 75, unique: 9, vector: 1 },
      primaryKeys: 25,
    });
    for (const { claimed, counted } of indexes.claims) expect(claimed).toBe(counted);
  });

  it("compares the claims of a document with its definitions, with their lines", async () => {
    const document = path.resolve(import.meta.dirname, "../fixtures/documents/contradictions.md");
    const { indexes } = await verify("--document", document);
    const about = (text: string) =>
      indexes.claims.find((claim: { text: string }) => claim.text.startsWith(text));
    expect(about("Total")).toMatchObject({ claimed: 85, counted: 85, line: expect.any(Number) });
    expect(about("Phase 0-2")).toMatchObject({ claimed: 58, counted: 46 });
    expect(about("Phase 3-6")).toMatchObject({ claimed: 27, counted: 39 });
    expect(about("users")).toMatchObject({ claimed: 4, counted: 4 });
  });

  it("lists the nine indexes that repeat a unique one as advice", async () => {
    const { findings } = await verify();
    const repeated = findings.filter(
      ({ code }: { code: string }) => code === "redundant-index" || code === "duplicate-index",
    );
    expect(repeated).toHaveLength(9);
    for (const { severity } of repeated) expect(severity).toBe("advice");
  });

  it("advises to rebuild a vector index that was built over few rows", async () => {
    const { findings } = await verify();
    expect(findings.filter(({ code }: { code: string }) => code === "few-rows")).toMatchObject([
      {
        severity: "advice",
        database: "specs",
        kind: "index",
        message: expect.stringContaining("100 lists for "),
      },
    ]);
  });

  it.each([
    [
      "a missing index",
      "DROP INDEX idx_users_email",
      "CREATE INDEX idx_users_email ON users (email)",
      "missing",
      "public.users.idx_users_email",
    ],
    [
      "an index under another name",
      "ALTER INDEX idx_users_email RENAME TO idx_mail",
      "ALTER INDEX idx_mail RENAME TO idx_users_email",
      "renamed",
      "public.users.idx_users_email",
    ],
    [
      "an index on another table",
      "DROP INDEX idx_users_created_at; CREATE INDEX idx_users_created_at ON refresh_tokens (created_at)",
      "DROP INDEX idx_users_created_at; CREATE INDEX idx_users_created_at ON users (created_at)",
      "misplaced",
      "public.users.idx_users_created_at",
    ],
    [
      "an index that differs",
      "DROP INDEX idx_users_is_active; CREATE INDEX idx_users_is_active ON users (is_active) WHERE is_active = false",
      "DROP INDEX idx_users_is_active; CREATE INDEX idx_users_is_active ON users (is_active) WHERE is_active = true",
      "different",
      "public.users.idx_users_is_active",
    ],
    [
      "a missing unique constraint",
      "ALTER TABLE users DROP CONSTRAINT users_email_unique",
      "ALTER TABLE users ADD CONSTRAINT users_email_unique UNIQUE (email)",
      "missing",
      "public.users.users_email_unique",
    ],
  ])("names %s, once", async (_, change, undo, code, object) => {
    await place.query("auth", change);
    const broken = await verify();
    expect(broken.exitCode).toBe(1);
    expect(broken.errors).toMatchObject([
      { code, object, database: "auth", location: { line: expect.any(Number) } },
    ]);
    expect(broken.indexes).toMatchObject({ documented: 85, present: 84 });
    await place.query("auth", undo);
    expect((await verify()).errors).toEqual([]);
  });

  it("names an index whose concurrent build failed", async () => {
    await place.query(
      "auth",
      "INSERT INTO users (email, password_hash) VALUES ('a@example.org', 'x'), ('b@example.org', 'x')",
    );
    await place.query("auth", "DROP INDEX idx_users_created_at");
    await expect(
      place.query("auth", "CREATE UNIQUE INDEX CONCURRENTLY idx_users_created_at ON users ((1))"),
    ).rejects.toThrow();
    const { exitCode, errors } = await verify();
    expect(exitCode).toBe(1);
    expect(errors).toMatchObject([
      { code: "invalid", object: "public.users.idx_users_created_at", attribute: "valid" },
    ]);
  });
});

describe("a missing table", () => {
  it("is one finding with its indexes, in verify indexes and among all checks", async () => {
    const place = await makePlace(engine, { migrated: true });
    const run = async (...args: string[]) => {
      const { stdout } = await place.run(["verify", ...args, "--format", "json", "--quiet"]);
      return JSON.parse(stdout).findings.filter(({ severity }: { severity: string }) => severity === "error");
    };
    try {
      const dropped: { code: string; kind: string; object: string }[] = [];
      for (const table of ["audit_logs", "password_reset_requests", "refresh_tokens"]) {
        await place.query("auth", `DROP TABLE ${table} CASCADE`);
        const [object, code, kind] = [`public.${table}`, "missing", "table"];
        dropped.push({ code, kind, object });
        const found = await run("indexes");
        expect(found).toMatchObject(dropped);
        const own = found.find((finding: { object: string }) => finding.object === object);
        expect(own.consequences.length).toBeGreaterThan(1);
        expect(own.message).toContain(`${own.consequences.length} documented indexes`);
      }
      const all = await run();
      for (const { object } of dropped)
        expect(all.filter((finding: { object?: string }) => finding.object === object)).toHaveLength(1);
      expect(all.filter(({ kind }: { kind?: string }) => kind === "index" || kind === "constraint")).toEqual(
        [],
      );
    } finally {
      await place.dispose();
    }
  });
});

describe("verify indexes --recall", () => {
  it("measures the recall of a vector index: low after a build over no rows, full after a new build with enough probes", async () => {
    const place = await makePlace(engine, { migrated: true });
    try {
      await place.query(
        "specs",
        `INSERT INTO projects (id, user_id, name) VALUES ('00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'p');
         SELECT setseed(0.5);
         INSERT INTO knowledge_base_documents (project_id, user_id, filename, file_size, content_type, embedding)
         SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'f' || g, 1, 'text/plain',
           ARRAY(SELECT random() - 0.5 + 0 * g FROM generate_series(1, 384))::real[]::vector
         FROM generate_series(1, 600) g;
         REINDEX INDEX idx_knowledge_base_documents_embedding; ANALYZE knowledge_base_documents`,
      );
      const run = async () => {
        const result = await place.run([
          "verify",
          "indexes",
          "--recall",
          "--format",
          "json",
          "--quiet",
          "--database",
          "specs",
        ]);
        const { recall, findings } = JSON.parse(result.stdout);
        return {
          recall: recall[0],
          poor: findings.filter(({ code }: { code: string }) => code === "poor-recall").length,
        };
      };
      // 100 lists over 600 random points, of which one list is probed: most neighbours are in the others.
      const few = await run();
      expect(few.recall).toMatchObject({
        index: "public.knowledge_base_documents.idx_knowledge_base_documents_embedding",
        sample: 20,
      });
      expect(few.recall.recall).toBeLessThan(0.9);
      expect(few.poor).toBe(1);
      if (engine === "embedded") return;
      await place.query(
        "specs",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ivfflat.probes = 100', current_database()); END $$",
      );
      expect(await run()).toMatchObject({ recall: { recall: 1 }, poor: 0 });
    } finally {
      await place.dispose();
    }
  });
});

describe("verify document", () => {
  it("finds nothing in our own document, and every contradiction in a contradictory one", async () => {
    const place = await makePlace("embedded");
    try {
      const run = async (...args: string[]) => {
        const result = await place.run(["verify", "document", "--format", "json", "--quiet", ...args]);
        return { exitCode: result.exitCode, ...JSON.parse(result.stdout) };
      };
      expect(await run()).toMatchObject({ exitCode: 0, findings: [] });
      const file = path.resolve(import.meta.dirname, "../fixtures/documents/contradictions.md");
      const { exitCode, findings, summary } = await run("--document", file);
      expect({ exitCode, summary }).toEqual({ exitCode: 0, summary: { errors: 0, warnings: 38, advice: 0 } });
      const count = (code: string) =>
        findings.filter((finding: { code: string }) => finding.code === code).length;
      expect({
        duplicate: count("duplicate"),
        wrong: count("wrong-count"),
        extension: count("extension-not-stated"),
        migration: count("no-migration"),
        diagram: count("diagram"),
      }).toEqual({
        duplicate: 24,
        wrong: 10,
        extension: 1,
        migration: 2,
        diagram: 1,
      });
      for (const finding of findings) expect(finding.location.line).toBeGreaterThan(1);
      expect(await run("--document", file, "--strict")).toMatchObject({ exitCode: 1 });
    } finally {
      await place.dispose();
    }
  });
});
