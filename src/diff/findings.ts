import type { Location } from "../errors.ts";
import type { DerivedChange } from "../schema/derived-change.ts";
import { mergeDuplicates } from "../schema/duplicates.ts";
import { type Kind, keyOf, kinds, type Schema, type SchemaObject } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import type { AttributeChange, Change } from "./change.ts";
import { compareSchemas } from "./compare.ts";
import type { Finding } from "./finding.ts";

/** The input for a comparison of one database. */
export interface Comparison {
  /** Key of the database. */
  readonly database: string;
  readonly expected: Schema;
  readonly actual: Schema;
  /** The names of the two sides in messages. */
  readonly labels: { readonly expected: string; readonly actual: string };
  /** Changes that only follow from a column's change, as `findDerivedChanges` has proven. */
  readonly derived?: readonly DerivedChange[];
  /** The schema of the migrations at this phase: it shows which side is wrong. */
  readonly migrations?: Schema | undefined;
  /** Names of documented indexes that may be missing. */
  readonly deferred?: ReadonlySet<string>;
  /** The place where the expected side defines an object. */
  readonly locate?: (object: SchemaObject, attribute?: string) => Location | undefined;
}

/** Which side is wrong, with the migrations as the third witness. */
type Blame = "live" | "document" | "all";

const blameHints: Record<Blame, string> = {
  live: "Document and migrations agree: the database was changed by hand. Revert the change, or write a migration and document it.",
  document: "Migrations and database agree: the document is stale, or a migration is wrong.",
  all: "Document, migrations and database all differ: decide which one is right and fix the other two.",
};

function blameOf(change: Change, migrations: Schema): Blame {
  const other = migrations.objects.get(keyOf(change.object.kind, change.object.name));
  if (change.code === "changed") {
    const agrees = (side: "expected" | "actual") =>
      other !== undefined &&
      change.attributes.every((attribute) => (other.attributes[attribute.name] ?? null) === attribute[side]);
    return agrees("expected") ? "live" : agrees("actual") ? "document" : "all";
  }
  if (change.code === "unexpected") return other === undefined ? "live" : "document";
  return other === undefined ? "document" : "live";
}

/** An attribute that differs, as text: `unique is true, expected false`. */
export function attributeText({ name, expected, actual }: AttributeChange): string {
  return `${name} is ${actual ?? "missing"}, expected ${expected ?? "none"}`;
}

function differenceOf(change: Change, { labels }: Comparison): string {
  const { kind, name } = change.object;
  switch (change.code) {
    case "missing":
      return `${kind} ${name} is missing in ${labels.actual}`;
    case "unexpected":
      return `${kind} ${name} exists in ${labels.actual} but not in ${labels.expected}`;
    case "renamed":
      return `${kind} ${name} was renamed to ${change.actual.name} in ${labels.actual}`;
    case "changed":
      return `${kind} ${name} in ${labels.actual}: ${change.attributes.map(attributeText).join("; ")}`;
  }
}

/** The plural of a kind: `indexes`, `text search dictionaries`. */
export function pluralOf(kind: string): string {
  if (kind.endsWith("privileges")) return kind;
  return kind.endsWith("y")
    ? kind.replace(/y$/, "ies")
    : kind.replace(/(x|ss)?$/, (end) => `${end}${end ? "es" : "s"}`);
}

/** How many objects differ for the same reason, such as `2 columns, 1 index`. */
function countText(objects: readonly SchemaObject[]): string {
  const counts = new Map<Kind, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return kinds
    .flatMap((kind) => {
      const count = counts.get(kind);
      if (count === undefined) return [];
      return `${count} ${count === 1 ? kind : pluralOf(kind)}`;
    })
    .join(", ");
}

function messageOf(change: Change, comparison: Comparison): string {
  const { consequences } = change;
  const difference = differenceOf(change, comparison);
  if (consequences.length === 0) return difference;
  const words = consequences.length === 1 ? "consequence" : "consequences";
  return `${difference} (${consequences.length} ${words} not listed: ${countText(consequences)})`;
}

/** The parts of a finding other than code, object and message. */
export function changedParts(
  change: Change,
): Pick<Finding, "attribute" | "expected" | "actual" | "attributes" | "consequences"> {
  const consequences = change.consequences.map(({ kind, name }) => ({ kind, object: name }));
  const listed = consequences.length > 0 && { consequences };
  if (change.code === "renamed")
    return { expected: change.object.name, actual: change.actual.name, ...listed };
  if (change.code !== "changed") return { ...listed };
  const [first] = change.attributes;
  return {
    ...(first !== undefined && { attribute: first.name, expected: first.expected, actual: first.actual }),
    attributes: change.attributes,
    ...listed,
  };
}

function findingOf(change: Change, comparison: Comparison): Finding {
  const { database, migrations, deferred, locate } = comparison;
  const { kind, name } = change.object;
  const isDeferred =
    change.code === "missing" && kind === "index" && deferred?.has(partsOfName(name).at(-1) ?? "") === true;
  const parts = changedParts(change);
  const location = change.code === "unexpected" ? undefined : locate?.(change.object, parts.attribute);
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
    ...parts,
    message: messageOf(change, comparison),
    ...(location !== undefined && { location }),
    ...(hint !== undefined && { hint }),
  };
}

/**
 * The findings of comparing two schemas of one database. Duplicate foreign keys on the expected side count as one;
 * duplicates on the actual side are a warning.
 */
export function schemaFindings(comparison: Comparison): Finding[] {
  const expected = mergeDuplicates(comparison.expected).schema;
  const { schema: actual, duplicates } = mergeDuplicates(comparison.actual, expected.objects);
  const merged = { ...comparison, expected, actual };
  return [
    ...compareSchemas(expected, actual, comparison.derived).map((change) => findingOf(change, merged)),
    ...duplicates.map(
      ({ duplicate, kept }): Finding => ({
        code: "duplicate",
        severity: "warning",
        database: comparison.database,
        kind: duplicate.kind,
        object: duplicate.name,
        message: `constraint ${duplicate.name} in ${comparison.labels.actual} duplicates ${kept.name}`,
        hint: "Each row is checked twice: drop one of them.",
      }),
    ),
  ];
}
