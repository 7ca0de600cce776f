import { type IgnoreRule, withIgnoredAttributes, withoutIgnoredObjects } from "../diff/ignore.ts";
import { deferredIndexes } from "../document/deferred.ts";
import type { DocumentedSchema } from "../document/model.ts";
import { keyOf, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import type { ShadowOptions } from "../shadow/cache.ts";
import { comparable } from "../shadow/comparable.ts";
import type { Printer } from "../shadow/printer.ts";
import { documentSchemas } from "../sources/of-document.ts";
import { type Change, changesBetween, indexStates, objectOf } from "./changes.ts";

/** The database that the document should describe. */
export interface Wanted {
  readonly key: string;
  /** As the document calls it. */
  readonly name: string;
  readonly phase: number;
  readonly schema: Schema;
}

export interface ComparisonOptions {
  /** Whether tables that only the document has should go. */
  readonly prune: boolean;
  readonly ignore: readonly IgnoreRule[];
  readonly shadow: ShadowOptions;
}

/** What the document has to change for one database. */
export interface Compared {
  readonly changes: readonly Change[];
  /** Tables that only the document has, and that stay. */
  readonly kept: readonly Change[];
  /** Indexes that are invalid, or not ready, in the wanted schema. */
  readonly unfinished: readonly SchemaObject[];
  /** The wanted schema, with the texts that the embedded engine prints. */
  readonly wanted: Schema;
  readonly documented: Schema;
}

function without(schema: Schema, isLeftOut: (object: SchemaObject) => boolean): Schema {
  const objects = [...schema.objects.values()].filter((object) => !isLeftOut(object));
  return schemaOf(objects, schema.uncovered, schema.serverVersion);
}

/** Indexes that are commented out may be missing. */
function withoutDeferred(documented: Schema, wanted: Schema, document: DocumentedSchema): Schema {
  const deferred = deferredIndexes(document);
  return without(
    documented,
    ({ kind, name }) =>
      kind === "index" &&
      deferred.has(partsOfName(name).at(-1) ?? "") &&
      !wanted.objects.has(keyOf(kind, name)),
  );
}

function belongsTo(object: SchemaObject, tables: ReadonlySet<string>): boolean {
  const owner = object.attributes["ownedBy"];
  const isOwned = typeof owner === "string" && [...tables].some((table) => owner.startsWith(`${table}.`));
  return (
    isOwned ||
    (object.kind === "sequence" && object.needs.some((need) => tables.has(need.slice("table ".length))))
  );
}

/**
 * Runs the document's SQL and compares it with the wanted schema.
 * @throws SocratesError `document-invalid`
 */
export async function compareDocument(
  document: DocumentedSchema,
  target: Wanted,
  { prune, ignore, shadow }: ComparisonOptions,
  printer: Printer,
): Promise<Compared> {
  const { phases } = await documentSchemas(document, target.name, shadow);
  const own = phases[Math.min(target.phase, phases.length - 1)] ?? schemaOf([], [], 0);
  const { expected, actual, derived } = await comparable(own, target.schema, printer);
  const documented = withoutDeferred(withoutIgnoredObjects(expected, ignore), actual, document);
  const wanted = withoutIgnoredObjects(withIgnoredAttributes(expected, actual, ignore), ignore);
  const all = changesBetween(documented, wanted, derived);
  const isKept = (change: Change) =>
    !prune && change.wanted === undefined && objectOf(change).kind === "table";
  const kept = all.filter(isKept);
  const tables = new Set(kept.map((change) => objectOf(change).name));
  const changes = all.filter(
    (change) => !isKept(change) && !(change.wanted === undefined && belongsTo(objectOf(change), tables)),
  );
  const unfinished = [...wanted.objects.values()].filter(({ attributes }) =>
    indexStates.some((state) => attributes[state] === false),
  );
  return { changes, kept, unfinished, wanted, documented };
}
