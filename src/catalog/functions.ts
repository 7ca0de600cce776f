import { keyOf, type SchemaObject } from "../schema/model.ts";
import { dotted } from "../schema/names.ts";
import { isNoMember, isUserSchema, optionsText, privilegesText, type ReadOptions } from "./fragments.ts";
import { inWords, numbersOf } from "./names.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

export interface FunctionRow {
  readonly oid: number;
  readonly schemaOid: number;
  readonly schema: string;
  readonly name: string;
  readonly letter: string;
  readonly inputTypes: string | null;
  readonly typeOids: string;
  readonly arguments: string;
  readonly returns: string | null;
  readonly languageOid: number;
  readonly language: string;
  readonly body: string;
  readonly library: string | null;
  readonly volatility: string;
  readonly strict: boolean;
  readonly securityDefiner: boolean;
  readonly leakproof: boolean;
  readonly parallel: string;
  readonly cost: number;
  readonly rows: number;
  readonly settings: string | null;
  readonly support: string | null;
  readonly privileges: string | null;
}

/**
 * Functions with a standard SQL body (14 and newer) have an empty prosrc. Constructors of range types are internal
 * (`i`).
 */
export const functionsSql = (
  options: ReadOptions,
) => `SELECT p.oid, n.oid AS "schemaOid", n.nspname AS "schema", p.proname AS "name", p.prokind::text AS "letter",
    (SELECT pg_catalog.string_agg(pg_catalog.format_type(u.oid, NULL), ', ' ORDER BY u.n) FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY u(oid, n)) AS "inputTypes",
    p.proargtypes::text || ' ' || p.prorettype AS "typeOids",
    pg_catalog.pg_get_function_arguments(p.oid) AS "arguments", pg_catalog.pg_get_function_result(p.oid) AS "returns",
    l.oid AS "languageOid", l.lanname AS "language", ${options.version >= 140000 ? "COALESCE(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc)" : "p.prosrc"} AS "body",
    p.probin AS "library", p.provolatile::text AS "volatility", p.proisstrict AS "strict", p.prosecdef AS "securityDefiner",
    p.proleakproof AS "leakproof", p.proparallel::text AS "parallel", p.procost AS "cost", p.prorows AS "rows",
    ${optionsText(options, "p.proconfig")} AS "settings", NULLIF(p.prosupport::text, '-') AS "support",
    ${privilegesText(options, "p.proacl", "f", "p.proowner")} AS "privileges"
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
  WHERE p.prokind IN ('f', 'p', 'w') AND ${isUserSchema("n")} AND ${isNoMember("pg_proc", "p.oid", "'e', 'i'")}`;

const functionWords = { f: "function", p: "procedure", w: "window function" };
const volatilityWords = { i: "immutable", s: "stable", v: "volatile" };
export const parallelWords = { s: "safe", r: "restricted", u: "unsafe" };

/** Names of functions include the types of their arguments, as functions can be overloaded. */
function nameOf(row: FunctionRow): string {
  return `${dotted(row.schema, row.name)}(${row.inputTypes ?? ""})`;
}

export function registerFunctions(rows: readonly FunctionRow[], registry: Registry): void {
  for (const row of rows) registry.add(catalogs.proc, row.oid, keyOf("function", nameOf(row)));
}

export function functionObjects(
  rows: readonly FunctionRow[],
  registry: Registry,
  { privileges: withPrivileges }: ReadOptions,
): SchemaObject[] {
  return rows.map((row) => ({
    kind: "function",
    name: nameOf(row),
    attributes: {
      type: inWords(functionWords, row.letter),
      arguments: row.arguments,
      returns: row.returns,
      language: row.language,
      body: row.body,
      library: row.library,
      volatility: inWords(volatilityWords, row.volatility),
      strict: row.strict,
      securityDefiner: row.securityDefiner,
      leakproof: row.leakproof,
      parallel: inWords(parallelWords, row.parallel),
      cost: row.cost,
      rows: row.rows,
      settings: row.settings,
      support: row.support,
      comment: registry.comment(catalogs.proc, row.oid),
      ...(withPrivileges && { privileges: row.privileges }),
    },
    needs: needsOf(keyOf("function", nameOf(row)), [
      registry.key(catalogs.namespace, row.schemaOid),
      registry.key(catalogs.language, row.languageOid),
      ...numbersOf(row.typeOids).map((oid) => registry.key(catalogs.type, oid)),
      ...registry.uses(catalogs.proc, row.oid),
    ]),
  }));
}
