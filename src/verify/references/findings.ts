import type { Finding } from "../../diff/finding.ts";
import type { Location } from "../../errors.ts";
import { type ColumnPlace, nameOf, type Orphan, type ReferenceResult } from "./reference.ts";

function about({ database, schema, table, column }: ColumnPlace, location: Location) {
  return { database, kind: "column", object: `${schema}.${table}.${column}`, location };
}

function nameOfRow({ row, value }: Orphan): string {
  const key = Object.entries(row).map(([column, text]) => `${column} ${text}`);
  return key.length === 0 ? value : `${key.join(", ")} -> ${value}`;
}

/** The finding for a reference with dangling rows. */
export function orphanFinding({ reference, checked, orphans, sample }: ReferenceResult): Finding[] {
  if (orphans === 0) return [];
  const { from, to } = reference;
  const target = `${to.database}.${to.schema}.${to.table}`;
  const examples = sample.length === 0 ? "" : `: ${sample.map(nameOfRow).join("; ")}`;
  return [
    {
      ...about(from, reference.location),
      code: "orphans",
      severity: "error",
      expected: 0,
      actual: orphans,
      message: `${orphans} of ${checked} references of ${from.table}.${from.column} point to no row of ${target}${examples}`,
      hint: `Restore the rows of ${to.table}, or correct or delete those of ${from.table}.`,
    },
  ];
}

/** The finding for a column whose check lacks a privilege. */
export function unreadableFinding(place: ColumnPlace, location: Location, reason: string): Finding {
  return {
    ...about(place, location),
    code: "unreadable",
    severity: "error",
    message: `${nameOf(place)} cannot be checked: ${reason}`,
    hint: "Grant SELECT on the tables of both ends to the role that runs the check; row-level security must not hide rows from it.",
  };
}
