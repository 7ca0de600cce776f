import type { Location } from "../errors.ts";
import { mergeDuplicates } from "../schema/duplicates.ts";
import { keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { type Change, compareSchemas } from "./compare.ts";
import type { Finding } from "./finding.ts";

/** What a comparison of one database is made of. */
export interface Comparison {
  /** Key of the database. */
  readonly database: string;
  readonly expected: Schema;
  readonly actual: Schema;
  /** What the two sides are called in messages. */
  readonly labels: { readonly expected: string; readonly actual: string };
  /** What the migrations make at this phase: it tells which side is wrong. */
  readonly migrations?: Schema | undefined;
  /** Names of indexes that are documented, but may be missing. */
  readonly deferred?: ReadonlySet<string>;
  /** Where the expected side states an object. */
  readonly locate?: (object: SchemaObject, attribute?: string) => Location | undefined;
}

/** Which side is wrong, when the migrations are the third witness. */
type Blame = "live" | "document" | "all";

const blameHints: Record<Blame, string> = {
  live: "Document and migrations agree: the database was changed by hand. Undo that, or write a migration and document it.",
  document: "Migrations and database agree: the document is stale, or a migration is wrong.",
  all: "Document, migrations and database all differ: decide what is right, then mend the others.",
};

function blameOf(change: Change, migrations: Schema): Blame {
  const other = migrations.objects.get(keyOf(change.object.kind, change.object.name));
  if (change.code === "changed") {
    const value = other?.attributes[change.attribute] ?? null;
    if (other !== undefined && value === change.expected) return "live";
    return other !== undefined && value === change.actual ? "document" : "all";
  }
  if (change.code === "unexpected") return other === undefined ? "live" : "document";
  return other === undefined ? "document" : "live";
}

function show(value: unknown): string {
  return value === null ? "nothing" : String(value);
}

function messageOf(change: Change, { labels }: Comparison): string {
  const { kind, name } = change.object;
  switch (change.code) {
    case "missing":
      return `${kind} ${name} is missing in ${labels.actual}`;
    case "unexpected":
      return `${kind} ${name} stands in ${labels.actual}, but not in ${labels.expected}`;
    case "renamed":
      return `${kind} ${name} is called ${change.actual.name} in ${labels.actual}`;
    case "changed":
      return `${kind} ${name}: ${change.attribute} is ${show(change.actual)} in ${labels.actual} instead of ${show(change.expected)}`;
  }
}

/** What a finding says of a change besides its code and object. */
export function changedParts(change: Change): Pick<Finding, "attribute" | "expected" | "actual"> {
  if (change.code === "changed")
    return { attribute: change.attribute, expected: change.expected, actual: change.actual };
  return change.code === "renamed" ? { expected: change.object.name, actual: change.actual.name } : {};
}

function findingOf(change: Change, comparison: Comparison): Finding {
  const { database, migrations, deferred, locate } = comparison;
  const { kind, name } = change.object;
  const isDeferred =
    change.code === "missing" && kind === "index" && deferred?.has(name.split(".").at(-1) ?? "") === true;
  const attribute = change.code === "changed" ? change.attribute : undefined;
  const location = change.code === "unexpected" ? undefined : locate?.(change.object, attribute);
  const hint = isDeferred
    ? "It is commented out in the document: create it when it is needed."
    : migrations === undefined
      ? undefined
      : blameHints[blameOf(change, migrations)];
  return {
    code: change.code,
    severity: isDeferred ? "warning" : "error",
    database,
    kind,
    object: name,
    ...changedParts(change),
    message: messageOf(change, comparison),
    ...(location !== undefined && { location }),
    ...(hint !== undefined && { hint }),
  };
}

/**
 * The findings of comparing two schemas of one database. A foreign key that the expected side states twice is one; one
 * that the actual side has twice is a warning.
 */
export function schemaFindings(comparison: Comparison): Finding[] {
  const expected = mergeDuplicates(comparison.expected).schema;
  const { schema: actual, duplicates } = mergeDuplicates(comparison.actual, expected.objects);
  const merged = { ...comparison, expected, actual };
  return [
    ...compareSchemas(expected, actual).map((change) => findingOf(change, merged)),
    ...duplicates.map(
      ({ duplicate, kept }): Finding => ({
        code: "duplicate",
        severity: "warning",
        database: comparison.database,
        kind: duplicate.kind,
        object: duplicate.name,
        message: `constraint ${duplicate.name} in ${comparison.labels.actual} says the same as ${kept.name}`,
        hint: "Each row is checked twice: drop one of them.",
      }),
    ),
  ];
}
