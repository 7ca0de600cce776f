import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import { schemaFindings } from "../../src/diff/findings.ts";
import type { Schema } from "../../src/schema/model.ts";
import { withPrinter } from "../../src/shadow/printer.ts";
import { redeparse } from "../../src/shadow/redeparse.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

const folder = path.resolve(import.meta.dirname, "../fixtures/same-schema");
const states = readdirSync(folder).map((name) => {
  const sql = readFileSync(path.join(folder, name), "utf8");
  return { name, sql, since: Number(/^-- from (\d+)/.exec(sql)?.[1] ?? 0) * 10_000 };
});

/** The output of pg_dump for a database, without psql's commands; undefined if pg_dump is missing or too old. */
function dumpOf(url: string): string | undefined {
  try {
    const dump = execFileSync("pg_dump", ["--schema-only", url], { encoding: "utf8", stdio: "pipe" });
    return dump.replace(/^\\(un)?restrict .*$/gm, "").replace(/^CREATE SCHEMA public;$/m, "");
  } catch {
    return undefined;
  }
}

/** One state on two engines, or restored from its own dump, has no differences, whichever side is expected. */
describe("the same schema, printed by different servers (fault 55)", () => {
  const places: Place[] = [];
  beforeAll(async () => {
    places.push(await makePlace("server"), await makePlace("embedded"), await makePlace("server"));
  });
  afterAll(async () => {
    await Promise.all(places.map((place) => place.dispose()));
  });

  async function load(place: Place | undefined, sql: string): Promise<Schema> {
    const session: Session = await connectTo(place, "auth");
    try {
      await session.run(
        "DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public",
      );
      await session.run(sql);
      return await readSchema(session);
    } finally {
      await session.close();
    }
  }

  async function findings(expected: Schema, actual: Schema): Promise<string[]> {
    const printed = await withPrinter({}, (printer) => redeparse(expected, actual, printer));
    const labels = { expected: "one", actual: "other" };
    return schemaFindings({ database: "auth", expected, actual: printed, labels }).map(
      ({ message }) => message,
    );
  }

  it.each(states)("$name", async ({ sql, since }) => {
    const [server, embedded, other] = places;
    const [{ version } = { version: 0 }] =
      (await server?.query<{ version: number }>(
        "auth",
        "SELECT current_setting('server_version_num')::int AS version",
      )) ?? [];
    if (version < since) return;
    const [left, right] = [await load(server, sql), await load(embedded, sql)];
    expect(await findings(left, right)).toEqual([]);
    expect(await findings(right, left)).toEqual([]);
    const dump = dumpOf(server?.env["DATABASE_URL_AUTH"] ?? "");
    if (dump === undefined) return;
    const restored = await load(other, dump);
    for (const side of [left, right]) {
      expect(await findings(side, restored)).toEqual([]);
      expect(await findings(restored, side)).toEqual([]);
    }
  });
});
