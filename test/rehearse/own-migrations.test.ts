import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { open } from "../../src/index.ts";
import { readChain } from "../../src/migrations/files.ts";
import { scriptOf } from "../../src/migrations/scripts.ts";
import { makePlace, type Place } from "../support/place.ts";
import { type Shown, shownBy } from "./on-server.ts";
import { isRehearsal, listLine, lockLine, type Rehearsal } from "./project.ts";

const root = path.resolve(import.meta.dirname, "../..");
const folderOf = (database: string) => path.join(root, "migrations", database);
/** A server without pgvector cannot run all of them. */
const lastPhase = inject("server").hasVector ? 6 : 4;
const chains = ["auth", "specs"].map((database) => readChain(database, folderOf(database)));
const files = chains
  .flatMap(({ migrations }) => migrations)
  .filter(({ phase }) => phase <= lastPhase)
  .sort((a, b) => a.number - b.number);

let place: Place;
beforeAll(async () => {
  place = await makePlace("server");
});
afterAll(() => place.dispose());

/** Rehearses one file, at its place in the chain. */
async function rehearse(file: string): Promise<Rehearsal> {
  const project = await open({ cwd: root, env: {} });
  try {
    const result = await project.rehearse({ files: [file] });
    if (!isRehearsal(result)) throw new Error("the result is not a rehearsal");
    return result;
  } finally {
    await project.close();
  }
}

/** What the transaction holds after each statement, what is rewritten and what is read in it up to then. */
function shownIn({ statements }: Rehearsal): Shown[] {
  return statements.map(({ held }, i) => {
    const upTo = statements.slice(0, i + 1);
    return {
      locks: lockLine(held),
      rewrites: listLine(upTo.flatMap(({ rewrites }) => rewrites)),
      scans: listLine(upTo.flatMap(({ scans }) => scans)),
    };
  });
}

async function onServer(database: string, sql: readonly string[]): Promise<Shown[]> {
  return shownBy(place.env[`DATABASE_URL_${database.toUpperCase()}`] ?? "", sql, "COMMIT");
}

describe("the migrations of this application, in the shadow and on a server", () => {
  it("has all files", () => {
    const names = ["auth", "specs"].flatMap((database) => readdirSync(folderOf(database)));
    expect(names.filter((name) => name.endsWith(".sql"))).toHaveLength(28);
  });

  it.each(files.map((file) => [file.id, file] as const))("%s", async (_, file) => {
    const sql = scriptOf(file, "up").statements.map(({ text }) => text);
    expect(shownIn(await rehearse(file.source.path))).toEqual(await onServer(file.database, sql));
  });

  it.each([...files].reverse().map((file) => [`${file.id}.down`, file] as const))("%s", async (_, file) => {
    const sql = scriptOf(file, "down").statements.map(({ text }) => text);
    const rehearsal = await rehearse(file.downPath ?? "");
    // An extension is not a relation, and nothing uses it at that point.
    const isExtension = file.id === "011_enable_pgvector";
    expect(rehearsal.statements.some(({ locks }) => locks.length > 0)).toBe(!isExtension);
    expect(shownIn(rehearsal)).toEqual(await onServer(file.database, sql));
  });
});
