import { SocratesError } from "../../errors.ts";
import type { Shadow } from "../../shadow/shadow.ts";
import { dollarQuoted, literal } from "../../sql/quote.ts";
import type { RehearsalPlan } from "../plan.ts";
import type { TargetFigures } from "../sizes/reads.ts";
import { end, factsIn, type SessionSetup, startSql } from "../transaction.ts";
import { type Catalog, readCatalog } from "./catalog.ts";
import { type ExplainedPlan, type PlanSummary, summaryOfPlan } from "./plan-nodes.ts";

/** What PostgreSQL says to a statement: its plan, or why there is none. */
export type Planned = { readonly plan: PlanSummary } | { readonly code: string; readonly reason: string };

/** What PostgreSQL says to all statements at one point of a chain, in their order. */
export interface PlannedAt {
  readonly planned: readonly Planned[];
  /** The same with the figures of the target, where they are known. */
  readonly costed?: readonly Planned[];
  readonly catalog: Catalog;
}

/**
 * Tables of a shadow are so small that reading them in full is cheapest. With these settings (manual, section 19.7.1), a
 * sequential scan that remains means that no index fits, and each join reads its inner table through an index that fits.
 */
const settings = ["seqscan", "indexonlyscan", "hashjoin", "mergejoin"]
  .map((name) => `SET LOCAL enable_${name} = off;`)
  .join(" ");

/** A failure ends its own block, and neither the loop nor the transaction. */
const body = `DECLARE statement pg_catalog.text;
BEGIN
  FOR statement IN SELECT value FROM pg_catalog.jsonb_array_elements_text(statements) WITH ORDINALITY ORDER BY ordinality LOOP
    plan := NULL; code := NULL; reason := NULL;
    BEGIN
      EXECUTE 'EXPLAIN (GENERIC_PLAN, FORMAT JSON) ' || statement INTO plan;
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, reason = MESSAGE_TEXT;
    END;
    RETURN NEXT;
  END LOOP;
END`;

const functionSql = `CREATE FUNCTION pg_temp.plans(statements pg_catalog.jsonb)
RETURNS TABLE (plan pg_catalog.json, code pg_catalog.text, reason pg_catalog.text) LANGUAGE plpgsql AS ${dollarQuoted(body)};`;

interface Row {
  readonly plan: readonly ExplainedPlan[] | null;
  readonly code: string | null;
  readonly reason: string | null;
}

/** The session in which the application's statements are planned: they find tables as in a session of the target. */
export function sessionOf(
  { settings: others, searchPath }: RehearsalPlan,
  { lockTimeout }: Pick<SessionSetup, "lockTimeout">,
): SessionSetup {
  if (searchPath === undefined) return { lockTimeout, settings: others };
  const path = `SELECT pg_catalog.set_config('search_path', ${literal(searchPath)}, true);`;
  return { lockTimeout, settings: `${others} ${path}` };
}

/** How many statements one message has at most. */
const batch = 500;

/** The first version that plans statements with parameters (manual, "EXPLAIN": GENERIC_PLAN). */
const firstVersion = 160_000;

async function checkVersion(shadow: Shadow): Promise<void> {
  const [{ version, text } = { version: 0, text: "" }] = await shadow.runAsIs<{
    version: number;
    text: string;
  }>(
    "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version, pg_catalog.current_setting('server_version') AS text",
  );
  if (version < firstVersion)
    throw new SocratesError(
      "server-too-old",
      `the server for shadows runs PostgreSQL ${text}, which cannot plan statements with parameters`,
      { hint: "Choose one of PostgreSQL 16 or newer, or leave out --shadow." },
    );
}

/** Plans all statements in a transaction with these settings, in which the function exists. */
async function plansWith(shadow: Shadow, sql: readonly string[], settingsSql: string): Promise<Planned[]> {
  await shadow.runAsIs(settingsSql);
  const planned: Planned[] = [];
  for (let at = 0; at < sql.length; at += batch) {
    const statements = literal(JSON.stringify(sql.slice(at, at + batch)));
    const rows = await shadow.runAsIs<Row>(`SELECT plan, code, reason FROM pg_temp.plans(${statements})`);
    for (const { plan, code, reason } of rows)
      planned.push(
        plan === null ? { code: code ?? "", reason: reason ?? "" } : { plan: summaryOfPlan(plan) },
      );
  }
  return planned;
}

/**
 * Plans statements in the state that a shadow has, with generic plans: no parameter needs a value. Nothing runs, and
 * nothing stays.
 * @param sql each with one statement
 * @param figures those of the target, where they are known
 * @throws SocratesError `server-too-old`
 */
export async function planAll(
  shadow: Shadow,
  sql: readonly string[],
  setup: SessionSetup,
  figures: TargetFigures | undefined,
): Promise<PlannedAt> {
  await checkVersion(shadow);
  const facts = figures && (await factsIn(shadow));
  await shadow.runAsIs(`${startSql(shadow, setup)} ${functionSql} SAVEPOINT figures;`);
  const planned = await plansWith(shadow, sql, settings);
  const catalog = await readCatalog(shadow);
  await shadow.runAsIs("ROLLBACK TO SAVEPOINT figures");
  const costed = facts && (await plansWith(shadow, sql, figures.sql(facts)));
  await end(shadow, "ROLLBACK");
  return { planned, catalog, ...(costed && { costed }) };
}
