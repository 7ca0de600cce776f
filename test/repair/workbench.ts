import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
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

const extras = { privileges: true, owners: true, exact: true };

/** Objects outside of schemas, and default privileges, which dropping the schemas leaves. */
const leftOvers = `SELECT 'DROP EVENT TRIGGER ' || quote_ident(evtname) AS sql FROM pg_event_trigger WHERE oid >= 16384
UNION ALL SELECT 'DROP PUBLICATION ' || quote_ident(pubname) FROM pg_publication
UNION ALL SELECT 'DROP FOREIGN DATA WRAPPER ' || quote_ident(fdwname) || ' CASCADE' FROM pg_foreign_data_wrapper WHERE oid >= 16384
UNION ALL SELECT 'DROP LANGUAGE ' || quote_ident(lanname) || ' CASCADE' FROM pg_language WHERE oid >= 16384
UNION ALL SELECT 'DROP ACCESS METHOD ' || quote_ident(amname) || ' CASCADE' FROM pg_am WHERE oid >= 16384
UNION ALL SELECT 'DROP CAST (' || castsource::regtype || ' AS ' || casttarget::regtype || ')' FROM pg_cast WHERE oid >= 16384
UNION ALL SELECT 'DELETE FROM pg_default_acl' WHERE EXISTS (SELECT FROM pg_default_acl)`;

/** Databases and shadows that many pairs use, one after the other. */
export interface Workbench {
  /** What is wrong with the script from one schema to another: why it is not proven, or what it does on the server. */
  judge(from: string, to: string): Promise<{ readonly wrong: readonly string[]; readonly proof: Proof }>;
  close(): Promise<void>;
}

async function wipe(session: Session): Promise<void> {
  await session.run(
    "ROLLBACK; RESET ALL; SET client_min_messages = warning; SET search_path = public, pg_temp",
  );
  await session.run("SET allow_system_table_mods = on");
  await clear(session);
  for (const { sql } of await session.run<{ sql: string }>(leftOvers)) await session.run(sql);
}

async function load(session: Session, sql: string): Promise<Schema> {
  await wipe(session);
  await session.run(sql);
  return readSchema(session, extras);
}

function differences(wanted: Schema, is: Schema): string[] {
  const { missing, unexpected, pairs } = alignSchemas(wanted, is);
  return [
    ...missing.map(({ kind, name }) => `missing ${kind} ${name}`),
    ...unexpected.map(({ kind, name }) => `unexpected ${kind} ${name}`),
    ...pairs.flatMap(([a, b]) =>
      changedAttributes(a, b)
        .filter((name) => !["owner", "privileges", "columnPrivileges"].includes(name))
        .map((name) => `${name} of ${a.kind} ${a.name}: ${b.attributes[name]} not ${a.attributes[name]}`),
    ),
  ];
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Fills the tables, runs the script over rows that fulfil its conditions, and compares what it leaves. */
async function apply(session: Shadow, proof: Proof, from: Schema, to: Schema, printer: Printer) {
  const tables = [...from.objects.values()].filter(({ kind }) => kind === "table");
  await fillTables(session, from, tables, "edges", { wanted: to });
  const { reasons } = await showConditions({ shadow: session, from, wanted: to, tables }, proof.plan);
  if (reasons.length > 0) return reasons.map((reason) => `on the server: ${reason}`);
  const kept = keptColumns(from, to, lostBy(proof.plan));
  const before = await fingerprints(session, kept);
  const { settings, groups, conditions } = proof.plan;
  const script = [...settings, ...conditions.map(({ guard }) => guard), ...scriptLines(groups)];
  for (const sql of script) {
    const failure = await session.run(sql).then(() => undefined, textOf);
    if (failure !== undefined) return [`${failure} in: ${sql}`];
  }
  const { expected, actual } = await comparable(to, await readSchema(session, extras), printer);
  const rows = await fingerprints(session, kept);
  const changed = [...before].filter(([table, print]) => rows.get(table) !== print);
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
