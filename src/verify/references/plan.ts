import type { Finding } from "../../diff/finding.ts";
import { locateObject } from "../../document/locate.ts";
import type { DocumentedSchema, LogicalReference } from "../../document/model.ts";
import { keyOf, type Schema, type SchemaObject } from "../../schema/model.ts";
import { dotted, plainName, shortName } from "../../schema/names.ts";
import { hasIndexOn } from "../index-advice.ts";
import { keyArrays } from "./infer.ts";
import { elementType, keyTypeOf } from "./key-type.ts";
import { type ColumnPlace, nameOf, placeOf, type Reference } from "./reference.ts";

/** One database to check. */
export interface CheckedDatabase {
  /** For example `shop`. */
  readonly key: string;
  /** For example `shop`. */
  readonly name: string;
  /** Its documented schema, at the last phase. */
  readonly documented: Schema;
  readonly live: Schema;
}

/** A reference that is not checked, and why. */
export interface Skipped {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

export interface ReferencePlan {
  readonly references: readonly Reference[];
  readonly skipped: readonly Skipped[];
  readonly findings: readonly Finding[];
}

function columnIn(schema: Schema, { schema: space, table, column }: ColumnPlace): SchemaObject | undefined {
  return schema.objects.get(keyOf("column", dotted(space, table, column)));
}

function primaryKeyOf(schema: Schema, { schema: space, table }: ColumnPlace): readonly string[] {
  const prefix = `${dotted(space, table)}.`;
  for (const { kind, name, attributes } of schema.objects.values())
    if (kind === "constraint" && name.startsWith(prefix) && attributes["type"] === "primary key")
      return String(attributes["columns"]).split(", ");
  return [];
}

/** The outcome for one documented reference. */
type Outcome =
  | { readonly reference: Reference; readonly findings: readonly Finding[] }
  | { readonly skipped: Skipped }
  | { readonly findings: readonly Finding[] };

function planOne(
  stated: LogicalReference,
  from: CheckedDatabase,
  databases: readonly CheckedDatabase[],
): Outcome {
  const to = databases.find(({ name }) => name === stated.toDatabase);
  const child = placeOf(from.key, stated.table, stated.column);
  const parent = placeOf(to?.key ?? stated.toDatabase, stated.toTable, stated.toColumn);
  const [childName, parentName] = [child, parent].map(({ database, ...column }) =>
    shortName(dotted(...Object.values(column))),
  );
  const skip = (reason: string) => ({ skipped: { from: nameOf(child), to: nameOf(parent), reason } });
  const about = {
    database: from.key,
    kind: "column",
    object: `${stated.table}.${plainName(stated.column)}`,
    location: stated.location,
  };
  if (to === undefined) return skip(`${stated.toDatabase} is left out`);
  const childColumn = columnIn(from.live, child);
  if (childColumn === undefined) return skip(`${from.name} has no column ${childName} yet`);
  // An error of the document, which `verify document` reports.
  if (columnIn(to.documented, parent) === undefined) return { findings: [] };
  const parentColumn = columnIn(to.live, parent);
  if (parentColumn === undefined)
    return {
      findings: [
        {
          ...about,
          code: "reference-target-missing",
          severity: "error",
          expected: `${parentName} in ${stated.toDatabase}`,
          actual: null,
          message: `${childName} refers to ${parentName}, which ${stated.toDatabase} does not have`,
          hint: "Migrate to the same phase everywhere: socrates-db migrate",
        },
      ],
    };
  const childType = String(childColumn.attributes["type"]);
  const element = elementType(childType);
  const types = { child: element ?? childType, parent: String(parentColumn.attributes["type"]) };
  const keyType = keyTypeOf(types.child);
  const mismatch: Finding = {
    ...about,
    code: "reference-type",
    severity: keyType !== undefined && keyType === keyTypeOf(types.parent) ? "warning" : "error",
    attribute: "type",
    expected: types.parent,
    actual: types.child,
    message: `${childName} is ${types.child}, but ${parentName} of ${stated.toDatabase} is ${types.parent}`,
    hint: "Give both columns the same type.",
  };
  if (keyTypeOf(types.parent) !== keyType) return { findings: [mismatch] };
  if (keyType === undefined) return skip(`values of type ${types.child} are not compared`);
  const indexed = element !== undefined || hasIndexOn(from.live, stated.table, [stated.column]);
  return {
    reference: {
      from: child,
      isArray: element !== undefined,
      to: parent,
      keyType,
      primaryKey: primaryKeyOf(from.live, child),
      location: stated.location,
    },
    findings: [
      ...(types.child === types.parent ? [] : [mismatch]),
      ...(indexed
        ? []
        : [
            {
              ...about,
              code: "unindexed-reference",
              severity: "advice",
              message: `${childName} has no index`,
              hint: "Queries for referencing rows, and this check, read the whole table: create an index if it grows large.",
            } as const,
          ]),
    ],
  };
}

/** The references of a document that can be checked, and findings that need no rows. */
export function planReferences(
  document: DocumentedSchema,
  databases: readonly CheckedDatabase[],
): ReferencePlan {
  const findings: Finding[] = [];
  const outcomes = databases.flatMap((database) => {
    const { key, name, documented } = database;
    const arrays = keyArrays(document, name, documented, (column) => locateObject(document, name, column));
    for (const { table, column, reference } of arrays)
      if (reference === undefined)
        findings.push({
          code: "unstated-reference",
          severity: "advice",
          database: key,
          kind: "column",
          object: column.name,
          location: locateObject(document, name, column) ?? table.location,
          message: `${shortName(column.name)} is an array of keys of an unknown table`,
          hint: "Write a comment after the column: -- References table(column)",
        });
    const inferred = arrays.flatMap(({ reference }) => reference ?? []);
    const stated = document.tables
      .filter((table) => table.database === name)
      .flatMap((table) => table.references);
    return [...stated, ...inferred].map((reference) => planOne(reference, database, databases));
  });
  return {
    references: outcomes.flatMap((outcome) => ("reference" in outcome ? [outcome.reference] : [])),
    skipped: outcomes.flatMap((outcome) => ("skipped" in outcome ? [outcome.skipped] : [])),
    findings: [
      ...findings,
      ...outcomes.flatMap((outcome) => ("findings" in outcome ? outcome.findings : [])),
    ],
  };
}
