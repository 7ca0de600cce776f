import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import { ofRoles } from "../../src/repair/access-ways.ts";
import { changedAttributes } from "../../src/repair/fates.ts";
import { planRepair } from "../../src/repair/plan-repair.ts";
import { alignSchemas } from "../../src/schema/align.ts";
import type { Schema } from "../../src/schema/model.ts";
import { comparable } from "../../src/shadow/comparable.ts";
import { showConditions } from "../../src/shadow/condition-proof.ts";
import { fingerprints } from "../../src/shadow/fingerprints.ts";
import { keptColumns, lostBy } from "../../src/shadow/kept-columns.ts";
import { openShadow } from "../../src/shadow/open.ts";
import { type Printer, withPrinter } from "../../src/shadow/printer.ts";
import { clear } from "../../src/shadow/rebuild.ts";
import { type Proof, proveRepair } from "../../src/shadow/repair-proof.ts";
import { fillTables } from "../../src/shadow/sample-rows.ts";
import type { Shadow } from "../../src/shadow/shadow.ts";
import { makePlace } from "../support/place.ts";
import { connectTo } from "../support/session.ts";
import { scriptLines } from "./script-lines.ts";
import type { SmallPair } from "./small-pairs.ts";

/** What a script is compared with: all that the reader reads. */
export const extras = { privileges: true, owners: true, exact: true };

/** Databases and shadows that many pairs use, one after the other. */
export interface Workbench {
  /** What is wrong with the script from one schema to another: why it is not proven, or what it does on the server. */
  judge(from: string, to: string): Promise<{ readonly wrong: readonly string[]; readonly proof: Proof }>;
  close(): Promise<void>;
}

/** Drops everything that a pair or a mutation has left in a database. */
export async function wipe(session: Session): Promise<void> {
  await session.run(
    "ROLLBACK; RESET ALL; SET client_min_messages = warning; SET search_path = public, pg_temp",
  );
  await clear(session);
}

async function load(session: Session, sql: string): Promise<Schema> {
  await wipe(session);
  await session.run(sql);
  return readSchema(session, extras);
}

/** The differences of two schemas, without those in owners and privileges. */
export function differences(wanted: Schema, is: Schema): string[] {
  const { missing, unexpected, pairs } = alignSchemas(wanted, is);
  return [
    ...missing.map(({ kind, name }) => `missing ${kind} ${name}`),
    ...unexpected.map(({ kind, name }) => `unexpected ${kind} ${name}`),
    ...pairs.flatMap(([a, b]) =>
      changedAttributes(a, b)
        .filter((name) => !ofRoles.has(name))
        .map((name) => `${name} of ${a.kind} ${a.name}: ${b.attributes[name]} not ${a.attributes[name]}`),
    ),
  ];
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs statements up to the first that fails, and says why it does. */
async function failureOf(session: Session, statements: readonly string[]): Promise<string[]> {
  for (const sql of statements) {
    const failure = await session.run(sql).then(() => undefined, textOf);
    if (failure !== undefined) return [`${failure} in: ${sql}`];
  }
  return [];
}

/** Fills the tables, runs the script over rows that fulfil its conditions, and says what is wrong with what it leaves. */
export async function apply(
  session: Shadow,
  proof: Proof,
  before: Schema,
  to: Schema,
  printer: Printer,
): Promise<string[]> {
  const { settings, groups, conditions, renames } = proof.plan;
  const refused = await failureOf(session, [...settings, ...renames.map(({ sql }) => sql)]);
  if (refused.length > 0) return refused;
  const from = renames.length === 0 ? before : await readSchema(session, extras);
  const tables = [...from.objects.values()].filter(({ kind }) => kind === "table");
  await fillTables(session, from, tables, "edges", { wanted: to });
  const { reasons } = await showConditions({ shadow: session, from, wanted: to, tables }, proof.plan);
  if (reasons.length > 0) return reasons.map((reason) => `on the server: ${reason}`);
  const kept = keptColumns(from, to, lostBy(proof.plan));
  const rows = await fingerprints(session, kept);
  const failed = await failureOf(session, [...conditions.map(({ guard }) => guard), ...scriptLines(groups)]);
  if (failed.length > 0) return failed;
  const { expected, actual } = await comparable(to, await readSchema(session, extras), printer);
  const after = await fingerprints(session, kept);
  const changed = [...rows].filter(([table, print]) => after.get(table) !== print);
  const again = planRepair(actual, expected, { allowDrops: true });
  return [
    ...differences(expected, actual),
    ...changed.map(([table]) => `the rows of ${table} differ`),
    ...again.statements.map(({ sql }) => `a second plan has: ${sql}`),
  ];
}

/** Opens two databases on the server of the tests, two shadows and a printer. */
export async function openWorkbench(): Promise<Workbench> {
  const place = await makePlace("server");
  const [is, wanted] = [await connectTo(place, "auth"), await connectTo(place, "specs")];
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
  return {
    judge: async (old, next) => {
      await Promise.all([wipe(left), wipe(right)]);
      const [from, to] = [await load(is, old), await load(wanted, next)];
      const proof = await proveRepair(from, to, { allowDrops: true }, { from: left, to: right, printer });
      const wrong =
        proof.reasons.length > 0 ? proof.reasons : await apply({ ...left, ...is }, proof, from, to, printer);
      return { proof, wrong };
    },
    close: async () => {
      finish();
      await Promise.all([is, wanted, left, right].map((session) => session.close()));
      await place.dispose();
    },
  };
}

/** Both directions of a pair, in the words of its test. */
export function directions({ name, old, next }: SmallPair) {
  return [
    { name: `${name}, forward`, from: old, to: next },
    { name: `${name}, back`, from: next, to: old },
  ];
}
