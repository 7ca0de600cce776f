import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import { schemaFindings } from "../../src/diff/findings.ts";
import { withPrinter } from "../../src/shadow/printer.ts";
import { redeparse } from "../../src/shadow/redeparse.ts";
import { lastPhase, makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

const folder = path.resolve(import.meta.dirname, "../fixtures/mutations");
const fileOf = (...names: string[]) => readFileSync(path.join(folder, ...names), "utf8");
const mutations = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
/** All states take two minutes: by default every thirtieth one, and all of them with SOCRATES_DB_TEST_FULL=1. */
const step = process.env["SOCRATES_DB_TEST_FULL"] === "1" ? 1 : 30;
const chosen = mutations.filter((_, i) => i % step === 0);

/**
 * The same SQL on a server and on the embedded engine gives the same schema, whatever their versions. States are
 * those of the single mutations, each alone and each on top of the earlier ones that could stay.
 */
describe("the same SQL on both engines gives no finding", () => {
  const places: Place[] = [];
  let sessions: Session[] = [];
  beforeAll(async () => {
    // Without pgvector on the server the two would differ by its objects.
    const migrated = lastPhase("server") === 6;
    places.push(await makePlace("server", { migrated }), await makePlace("embedded", { migrated }));
    if (!migrated)
      for (const place of places)
        expect(await place.run(["migrate", "--phase", "4"])).toMatchObject({ exitCode: 0 });
    sessions = [await connectTo(places[0], "auth"), await connectTo(places[1], "auth")];
    for (const session of sessions)
      await session.run("SET client_min_messages = warning; SET allow_in_place_tablespaces = on");
  });
  afterAll(async () => {
    await Promise.all(sessions.map((session) => session.close()));
    await Promise.all(places.map((place) => place.dispose()));
  });

  async function findings(): Promise<string[]> {
    const [server, embedded] = await Promise.all(sessions.map((session) => readSchema(session)));
    if (server === undefined || embedded === undefined) throw new Error("two engines are compared");
    const labels = { expected: "embedded", actual: "server" };
    return schemaFindings({
      database: "auth",
      expected: embedded,
      actual: await withPrinter({}, (printer) => redeparse(embedded, server, printer)),
      labels,
    }).map(({ message }) => message);
  }

  /** Runs SQL on both engines; false, with nothing changed on either, if one of them cannot run it. */
  async function runOnBoth(sql: string): Promise<boolean> {
    const done: Session[] = [];
    for (const session of sessions) {
      try {
        await session.run(`BEGIN; ${sql}`);
        done.push(session);
      } catch {
        await session.run("ROLLBACK");
        for (const other of done) await other.run("ROLLBACK");
        return false;
      }
    }
    for (const session of sessions) await session.run("COMMIT");
    return true;
  }

  it("for the schema that the mutations start from", async () => {
    // Its last part needs tablespaces, which the embedded engine cannot create.
    expect(await runOnBoth(fileOf("setup.sql").replace(/TABLESPACE\s+\w+/g, ""))).toBe(true);
    expect(await findings()).toEqual([]);
  });

  it.each(chosen)("after %s", async (name) => {
    if (!(await runOnBoth(fileOf(name, "change.sql")))) return;
    expect(await findings()).toEqual([]);
    // Reverted together with the earlier ones if possible, so that names stay free.
    await runOnBoth(fileOf(name, "undo.sql"));
    expect(await findings()).toEqual([]);
  });
});
