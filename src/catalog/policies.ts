import { keyOf, type SchemaObject } from "../schema/model.ts";
import { plainName } from "../schema/names.ts";
import { userRelations } from "./fragments.ts";
import { inWords } from "./names.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";

export interface PolicyRow {
  readonly oid: number;
  readonly relation: number;
  readonly name: string;
  readonly command: string;
  readonly permissive: boolean;
  readonly roles: string;
  readonly using: string | null;
  readonly withCheck: string | null;
}

/** Role 0 is PUBLIC. */
export const policiesSql = `SELECT p.oid, p.polrelid AS "relation", p.polname AS "name", p.polcmd::text AS "command", p.polpermissive AS "permissive",
    (SELECT pg_catalog.string_agg(r.name, ', ' ORDER BY r.name COLLATE pg_catalog."C") FROM (
      SELECT CASE o WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(o)) END AS name
      FROM pg_catalog.unnest(p.polroles) o) r) AS "roles",
    pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS "using", pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS "withCheck"
  FROM pg_catalog.pg_policy p
  WHERE p.polrelid IN ${userRelations}`;

const commandWords = { r: "select", a: "insert", w: "update", d: "delete", "*": "all" };

export function policyObjects(rows: readonly PolicyRow[], registry: Registry): SchemaObject[] {
  return rows.flatMap((row): SchemaObject[] => {
    const table = registry.relation(row.relation);
    if (table === undefined) return [];
    const name = `${table.name}.${plainName(row.name)}`;
    return [
      {
        kind: "policy",
        name,
        attributes: {
          command: inWords(commandWords, row.command),
          permissive: row.permissive,
          roles: row.roles,
          using: row.using,
          withCheck: row.withCheck,
          comment: registry.comment(catalogs.policy, row.oid),
        },
        needs: needsOf(keyOf("policy", name), [table.key, ...registry.uses(catalogs.policy, row.oid)]),
      },
    ];
  });
}
