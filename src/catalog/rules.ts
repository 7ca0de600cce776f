import { keyOf, type SchemaObject } from "../schema/model.ts";
import { plainName } from "../schema/names.ts";
import { userRelations } from "./fragments.ts";
import { inWords } from "./names.ts";
import { catalogs, needsOf, type Registry } from "./registry.ts";
import { enabledWords } from "./triggers.ts";

export interface RuleRow {
  readonly oid: number;
  readonly relation: number;
  readonly name: string;
  readonly event: string;
  readonly instead: boolean;
  readonly enabled: string;
  readonly definition: string;
}

/** The rule `_RETURN` of a view is its query and part of the view. */
export const rulesSql = `SELECT w.oid, w.ev_class AS "relation", w.rulename AS "name", w.ev_type::text AS "event", w.is_instead AS "instead",
    w.ev_enabled::text AS "enabled", pg_catalog.pg_get_ruledef(w.oid) AS "definition"
  FROM pg_catalog.pg_rewrite w
  WHERE w.rulename <> '_RETURN' AND w.ev_class IN ${userRelations}
  ORDER BY w.ev_class, w.rulename COLLATE pg_catalog."C"`;

const eventWords = { 1: "select", 2: "update", 3: "insert", 4: "delete" };

/** The text between the first WHERE of a rule's definition and its DO. */
function conditionOf(definition: string): string | null {
  const [opening, closing] = [" WHERE (", ") DO "];
  const start = definition.indexOf(opening) + opening.length;
  const end = definition.indexOf(closing, start);
  return start < opening.length || end < 0 ? null : definition.slice(start, end);
}

export function ruleObjects(rows: readonly RuleRow[], registry: Registry): SchemaObject[] {
  return rows.flatMap((row): SchemaObject[] => {
    const relation = registry.relation(row.relation);
    if (relation === undefined) return [];
    const name = `${relation.name}.${plainName(row.name)}`;
    return [
      {
        kind: "rule",
        name,
        attributes: {
          event: inWords(eventWords, row.event),
          instead: row.instead,
          // The definition repeats event and INSTEAD, so only the rule's action is kept.
          definition: row.definition.replace(/^.*? DO (?:INSTEAD )?/s, ""),
          condition: conditionOf(row.definition),
          enabled: inWords(enabledWords, row.enabled),
          comment: registry.comment(catalogs.rewrite, row.oid),
        },
        needs: needsOf(keyOf("rule", name), [relation.key, ...registry.uses(catalogs.rewrite, row.oid)]),
      },
    ];
  });
}
