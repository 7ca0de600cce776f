import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import type { DocumentText } from "../../src/document/files.ts";
import { SocratesError } from "../../src/errors.ts";
import { partsOfName } from "../../src/schema/names.ts";
import { type Printer, withPrinter } from "../../src/shadow/printer.ts";
import { syncDatabase } from "../../src/sync/rounds.ts";
import { readSource } from "../../src/sync/source.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

interface Expected {
  readonly kind: string;
  readonly object: string;
  readonly minVersion?: number;
}

const folder = path.resolve(import.meta.dirname, "../fixtures/mutations");
const fileOf = (...names: string[]) => readFileSync(path.join(folder, ...names), "utf8");
const mutations = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  if (!entry.isDirectory()) return [];
  const stated: Expected | readonly Expected[] = JSON.parse(fileOf(entry.name, "finding.json"));
  const expected: readonly Expected[] = [stated].flat();
  return [
    { name: entry.name, expected, minVersion: Math.max(...expected.map(({ minVersion = 0 }) => minVersion)) },
  ];
});
/** All take most of an hour: by default every thirtieth one, and all of them with SOCRATES_DB_TEST_FULL=1. */
const step = process.env["SOCRATES_DB_TEST_FULL"] === "1" ? 1 : 30;
const space = "socrates_db_test_space";
const lastPhase = 6;
const databases = [{ key: "auth", name: "auth", urlVariable: "DATABASE_URL_AUTH" }];

/** Base types need functions in C: a document changes them by hand. */
const unwritten = /: this program does not write the SQL of its kind$/;

const noEdit = /: no edit of its SQL gives the wanted result$/;
const noStatement = /: no statement of the document creates it$/;

/** Other changes that a document refuses. */
const refusals: Readonly<Record<string, RegExp>> = {
  // A table that becomes a foreign table is another kind of statement.
  "foreign-table-of-table": noEdit,
  // Written to the catalog: no SQL makes these.
  "collation-deterministic": noEdit,
  "constraint-index-replica-identity": noEdit,
  "index-replica-identity": noEdit,
  "operator-class-storage": noEdit,
  "security-label-changed": noStatement,
  // The embedded engine has no functions for this encoding.
  "conversion-to": noEdit,
  // Every database has it.
  "extension-missing": noStatement,
  // Its body is not of that language, and PostgreSQL checks it.
  "function-language": noEdit,
};

describe("a change of the database", () => {
  const { version } = inject("server");
  const cache = mkdtempSync(path.join(tmpdir(), "socrates-db-sync-"));
  let place: Place;
  let session: Session;
  let printer: Printer;
  let texts: readonly DocumentText[];
  let stop = () => {};
  let printing: Promise<void>;

  beforeAll(async () => {
    place = await makePlace("server", { databases });
    session = await connectTo(place, "auth");
    await session.run("SET client_min_messages = warning; SET allow_in_place_tablespaces = on");
    await session.run(`CREATE TABLESPACE ${space} LOCATION ''`).catch(() => {});
    const chain = path.resolve(import.meta.dirname, "../../migrations/auth");
    const ups = readdirSync(chain).filter((name) => /^\d+_\w+\.sql$/.test(name));
    const text = [
      ...ups.sort().map((name) => readFileSync(path.join(chain, name), "utf8")),
      fileOf("setup.sql"),
    ].join("\n");
    await session.run(text);
    texts = [{ path: "/auth.sql", name: "auth.sql", text, isSql: true, database: undefined }];
    await new Promise<void>((ready) => {
      printing = withPrinter({}, async (opened) => {
        printer = opened;
        ready();
        await new Promise<void>((resolve) => {
          stop = resolve;
        });
      });
    });
  });
  afterAll(async () => {
    stop();
    await printing;
    await session.run(`DROP TABLESPACE ${space}`).catch(() => {});
    await session.close();
    await place.dispose();
    rmSync(cache, { recursive: true, force: true });
  });

  async function sync(schema: Awaited<ReturnType<typeof readSchema>>, own: readonly DocumentText[]) {
    return syncDatabase(
      own,
      { key: "auth", name: "auth", phase: lastPhase, schema },
      { databases, prune: true, ignore: [], shadow: { built: cache, user: cache }, phaseOf: () => lastPhase },
      printer,
    );
  }

  it("of none leaves the document as it is", async () => {
    const { changes } = await sync(await readSchema(session), texts);
    expect(changes.map(({ key, attributes }) => [key, attributes])).toEqual([]);
  });

  const possible = mutations.filter(({ minVersion }) => version >= minVersion);
  it.each(possible.filter((_, i) => i % step === 0))("$name", async ({ name, expected }) => {
    await session.run(fileOf(name, "change.sql"));
    const schema = await readSchema(session).finally(() => session.run(fileOf(name, "undo.sql")));
    const synced = await sync(schema, texts).catch((error: unknown) => {
      if (error instanceof SocratesError) return error.message;
      throw error;
    });
    if (typeof synced === "string") {
      expect(synced).toMatch(refusals[name] ?? unwritten);
      return;
    }
    expect(synced.compared.changes).toEqual([]);
    const names = new Set(
      expected.flatMap(({ kind, object }) => [
        kind,
        ...partsOfName(object).map((part) => part.replace(/[ (].*$/s, "")),
      ]),
    );
    const [before, after] = [texts, synced.texts].map((own) =>
      readSource(own, databases).statements.map(({ text }) => text),
    );
    const changed = [
      ...(before ?? []).filter((text) => !after?.includes(text)),
      ...(after ?? []).filter((text) => !before?.includes(text)),
    ];
    const foreign = changed.filter(
      (text) => ![...names].some((word) => text.toLowerCase().includes(word.toLowerCase())),
    );
    expect(foreign).toEqual([]);
  });
});
