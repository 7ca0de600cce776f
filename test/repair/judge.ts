import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import { type AskedAccess, withUsual } from "../../src/repair/access.ts";
import { ofRoles } from "../../src/repair/access-ways.ts";
import { changedAttributes } from "../../src/repair/fates.ts";
import { reversedRenames } from "../../src/repair/rename-texts.ts";
import { alignSchemas } from "../../src/schema/align.ts";
import type { Schema } from "../../src/schema/model.ts";
import { comparable } from "../../src/shadow/comparable.ts";
import { fingerprints } from "../../src/shadow/fingerprints.ts";
import { keptColumns, lostBy } from "../../src/shadow/kept-columns.ts";
import { openShadow } from "../../src/shadow/open.ts";
import { type Printer, withPrinter } from "../../src/shadow/printer.ts";
import { type Proof, proveRepair } from "../../src/shadow/repair-proof.ts";
import { makePlace } from "../support/place.ts";
import { connectTo } from "../support/session.ts";
import { scriptLines } from "./script-lines.ts";

const folder = path.resolve(import.meta.dirname, "../fixtures/repair");
const extras = { privileges: true, owners: true, exact: true };

export type Direction = "forward" | "back";

/** What became of a pair: its proof, and what is wrong after the script ran on the server. */
export interface Verdict {
  readonly proof: Proof;
  /** With what a guard has stopped the script, before anything else. */
  readonly stopped?: string | undefined;
  readonly wrong: readonly string[];
}

function differences(wanted: Schema, is: Schema): string[] {
  const { missing, unexpected, pairs } = alignSchemas(wanted, is);
  return [
    ...missing.map(({ kind, name }) => `missing ${kind} ${name}`),
    ...unexpected.map(({ kind, name }) => `unexpected ${kind} ${name}`),
    ...pairs.flatMap(([a, b]) =>
      changedAttributes(a, b)
        .filter((name) => !ofRoles.has(name))
        .map(
          (name) => `${name} of ${a.kind} ${a.name}: ${b.attributes[name]} instead of ${a.attributes[name]}`,
        ),
    ),
  ];
}

async function load(session: Session, pair: string, files: readonly string[]): Promise<Schema> {
  await session.run("SET client_min_messages = warning");
  for (const file of files) await session.run(readFileSync(path.join(folder, pair, file), "utf8"));
  await session.run("RESET ALL");
  return readSchema(session, extras);
}

/** The roles of objects that differ from the wanted ones where these are asked for, and otherwise from those of before. */
function accessDifferences(
  { present, to, after }: { readonly present: Schema; readonly to: Schema; readonly after: Schema },
  { privileges = false, owners = false }: AskedAccess,
): string[] {
  return [...after.objects].flatMap(([key, object]) =>
    [...ofRoles].flatMap((name) => {
      const isAsked = name === "owner" ? owners : privileges;
      const reference = (isAsked ? to : present).objects.get(key);
      // The sequence was or is another object: see identity-access.test.ts.
      const isNew =
        name === "identityPrivileges" &&
        [reference, object].some((column) => column?.attributes["identity"] === null);
      const [is, wanted] = [object, reference].map((one) =>
        one === undefined ? null : (withUsual(one).attributes[name] ?? null),
      );
      return reference === undefined || isNew || is === wanted
        ? []
        : [`${name} of ${key}: ${is} instead of ${wanted}`];
    }),
  );
}

/** The options of a pair about roles. */
function askedFor(pair: string): AskedAccess {
  const file = path.join(folder, pair, "options.txt");
  const options = existsSync(file) ? readFileSync(file, "utf8") : "";
  return { privileges: options.includes("--privileges"), owners: options.includes("--owners") };
}

/** Runs statements up to the first that fails, and says why it does. */
async function runAll(session: Session, statements: readonly string[]): Promise<string | undefined> {
  for (const sql of statements) {
    const failure = await session.run(sql).then(
      () => undefined,
      (error: unknown) => `${String(error)} in: ${sql}`,
    );
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** With what the first guard that fires stops the script. */
async function stopOf(session: Session, { plan }: Proof): Promise<string | undefined> {
  for (const { guard } of plan.conditions) {
    const failure = await session.run(guard).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** The renames of a pair, for its direction. */
function renamesOf(pair: string, direction: Direction): string[] {
  const file = path.join(folder, pair, "renames.txt");
  const renames = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  return direction === "forward" ? renames : reversedRenames(renames);
}

/** Runs the script, and says what stops it, how the database differs from the wanted one, and which rows differ from before. */
async function apply(
  { session, script }: { readonly session: Session; readonly script: Session },
  proof: Proof,
  from: Schema,
  to: Schema,
  printer: Printer,
  asked: AskedAccess,
): Promise<Pick<Verdict, "stopped" | "wrong">> {
  const { settings, groups, renames } = proof.plan;
  const refused = await runAll(script, [...settings, ...renames.map(({ sql }) => sql)]);
  if (refused !== undefined) return { wrong: [refused] };
  const stopped = await stopOf(script, proof);
  if (stopped !== undefined) return { stopped, wrong: [] };
  const present = renames.length === 0 ? from : await readSchema(session, extras);
  const kept = keptColumns(present, to, lostBy(proof.plan));
  const before = await fingerprints(session, kept);
  const failure = await runAll(script, scriptLines(groups));
  if (failure !== undefined) return { wrong: [failure] };
  const after = await readSchema(session, extras);
  const { expected, actual } = await comparable(to, after, printer);
  const rows = await fingerprints(session, kept);
  const changed = [...before].filter(([table, print]) => rows.get(table) !== print);
  const access = accessDifferences({ present, to, after }, asked);
  const rowsDiffer = changed.map(([table]) => `the rows of ${table} differ`);
  return { wrong: [...differences(expected, actual), ...access, ...rowsDiffer] };
}

/** Proves the script of a pair, runs it on a server with the rows of the pair, and compares what it leaves. */
export async function judge(pair: string, direction: Direction, plain = false): Promise<Verdict> {
  const place = await makePlace("server");
  const [is, wanted] = [await connectTo(place, "auth"), await connectTo(place, "specs")];
  // Scripts run in a new session, without what loading the schema has left.
  const script = await connectTo(place, "auth");
  const [left, right] = [await openShadow({}), await openShadow({})];
  try {
    const isForward = direction === "forward";
    const rows = isForward && existsSync(path.join(folder, pair, "rows.sql")) ? ["rows.sql"] : [];
    const [old, next] = isForward ? ["old.sql", "new.sql"] : ["new.sql", "old.sql"];
    const from = await load(is, pair, [old ?? "", ...rows]);
    const to = await load(wanted, pair, [next ?? ""]);
    return await withPrinter({}, async (printer) => {
      const asked = askedFor(pair);
      const options = { ...asked, allowDrops: true, plain, renames: renamesOf(pair, direction) };
      const proof = await proveRepair(from, to, options, { from: left, to: right, printer });
      if (proof.reasons.length > 0) return { proof, wrong: [] };
      return { proof, ...(await apply({ session: is, script }, proof, from, to, printer, asked)) };
    });
  } finally {
    await Promise.all([is, wanted, script, left, right].map((session) => session.close()));
    await place.dispose();
  }
}
