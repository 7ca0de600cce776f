import { execFileSync } from "node:child_process";
import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import type { Schema } from "../../src/schema/model.ts";
import { emptyTables } from "../../src/shadow/empty-tables.ts";
import { openShadow } from "../../src/shadow/open.ts";
import { type Printer, withPrinter } from "../../src/shadow/printer.ts";
import { proveRepair } from "../../src/shadow/repair-proof.ts";
import { differences } from "../../src/shadow/repair-result.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";
import { apply, extras, wipe } from "./workbench.ts";

/** A state of the live database: its catalog, and its dump where a pg_dump of the server's version is installed. */
interface State {
  readonly schema: Schema;
  readonly dump: readonly string[] | undefined;
}

/** What became of a script: why it is not proven, and what is wrong after it ran on the server. */
export interface Outcome {
  readonly reasons: readonly string[];
  readonly wrong: readonly string[];
}

/** A live database of many objects, which one mutation after the other changes. */
export interface MutationBench {
  /** Judges the script that reverts a mutation, and the one that repeats it; afterwards, the database is as before. */
  judge(change: string, undo: string): Promise<{ readonly back: Outcome; readonly forward: Outcome }>;
  close(): Promise<void>;
}

/** Everything may change, so that the catalog can be compared with owners and privileges. */
const asked = { allowDrops: true, privileges: true, owners: true };

/** The lines of a dump in any order, as columns may have another one, without what differs each time. */
function dumpOf(url: string): string[] | undefined {
  try {
    const text = execFileSync("pg_dump", ["--schema-only", url], {
      encoding: "utf8",
      stdio: "pipe",
      maxBuffer: 2 ** 26,
    });
    return text
      .split("\n")
      .map((line) => line.replace(/,$/, ""))
      .filter((line) => line.trim() !== "" && !/^(?:--|\\(?:un)?restrict |SET )/.test(line))
      .sort();
  } catch {
    return undefined;
  }
}

function withoutSame(lines: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
}

function dumpDifferences(wanted: State, is: State): string[] {
  if (wanted.dump === undefined || is.dump === undefined) return [];
  return [
    ...withoutSame(wanted.dump, is.dump).map((line) => `the dump lacks: ${line}`),
    ...withoutSame(is.dump, wanted.dump).map((line) => `the dump has: ${line}`),
  ];
}

async function prepare(setup: string, isMigrated: boolean): Promise<{ place: Place; session: Session }> {
  const place = await makePlace("server", { migrated: isMigrated });
  const session = await connectTo(place, "auth");
  await session.run("SET client_min_messages = warning; SET allow_in_place_tablespaces = on");
  await session.run("CREATE TABLESPACE socrates_db_test_space LOCATION ''").catch((error: unknown) => {
    if (!String(error).includes("already exists")) throw error;
  });
  await session.run(setup);
  return { place, session };
}

/**
 * Opens a live database, two shadows and a printer.
 * @param setup SQL for the migrated database
 */
export async function openMutationBench(setup: string, isMigrated = true): Promise<MutationBench> {
  let { place, session } = await prepare(setup, isMigrated);
  const [left, right] = [await openShadow({}), await openShadow({})];
  let finish = () => {};
  const work = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const printer = await new Promise<Printer>((resolve) => {
    void withPrinter({}, async (one) => {
      resolve(one);
      await work;
    });
  });
  const state = async (): Promise<State> => ({
    schema: await readSchema(session, extras),
    dump: dumpOf(place.env["DATABASE_URL_AUTH"] ?? ""),
  });
  const original = await state();

  async function run(from: State, to: State): Promise<Outcome> {
    await Promise.all([wipe(left), wipe(right)]);
    const places = { from: left, to: right, printer };
    const proof = await proveRepair(from.schema, to.schema, asked, places);
    if (proof.reasons.length > 0) return { reasons: proof.reasons, wrong: [] };
    const script = await connectTo(place, "auth");
    try {
      const wrong = await apply({ ...left, ...script }, proof, from.schema, to.schema, printer);
      if (wrong.length > 0) return { reasons: [], wrong };
      const tables = [...to.schema.objects.values()].filter(({ kind }) => kind === "table");
      await emptyTables({ ...left, ...script }, tables);
    } finally {
      await script.close();
    }
    return { reasons: [], wrong: dumpDifferences(to, await state()) };
  }

  async function renew(): Promise<void> {
    await session.close();
    await place.dispose();
    ({ place, session } = await prepare(setup, isMigrated));
  }

  /** What reverts a mutation may not bring back all that it has dropped. */
  async function renewUnlessOriginal(): Promise<void> {
    const is = await state();
    const isOriginal =
      differences(original.schema, is.schema).length === 0 && dumpDifferences(original, is).length === 0;
    if (!isOriginal) await renew();
  }

  return {
    judge: async (change, undo) => {
      await session.run(change);
      const mutated = await state();
      const back = await run(mutated, original);
      if (back.reasons.length > 0) await session.run(undo);
      await renewUnlessOriginal();
      const forward = await run(original, mutated);
      // A failure is visible in the state.
      if (forward.wrong.length === 0 && forward.reasons.length === 0) await session.run(undo).catch(() => {});
      await renewUnlessOriginal();
      return { back, forward };
    },
    close: async () => {
      finish();
      await Promise.all([session, left, right].map((one) => one.close()));
      await place.dispose();
    },
  };
}
