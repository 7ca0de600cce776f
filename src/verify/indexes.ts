import { type AttributeChange, type Change, keyOfObject } from "../diff/change.ts";
import { compareSchemas } from "../diff/compare.ts";
import type { Finding } from "../diff/finding.ts";
import { attributeText } from "../diff/findings.ts";
import type { Location } from "../errors.ts";
import type { DerivedChange } from "../schema/derived-change.ts";
import { mergeDuplicates } from "../schema/duplicates.ts";
import { hostOf } from "../schema/hosts.ts";
import { type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { ownName, parentOf, relationName } from "../schema/names.ts";
import { originOf } from "./index-counts.ts";

/** The input of `verify indexes` for one database. */
export interface IndexCheck {
  /** Key of the database. */
  readonly database: string;
  /** The documented schema at the database's phase. */
  readonly expected: Schema;
  readonly actual: Schema;
  /** Changes that only follow from a column's change, as `findDerivedChanges` has proven. */
  readonly derived: readonly DerivedChange[];
  /** Names of indexes that are commented out in the document. */
  readonly deferred: ReadonlySet<string>;
  readonly locate: (object: SchemaObject) => Location | undefined;
  /** Whether an index of this name is being built. */
  readonly isBuilding: (name: string) => boolean;
}

/** The state of a documented index. */
export type IndexState =
  | "present"
  | "missing"
  | "invalid"
  | "not-ready"
  | "different"
  | "renamed"
  | "misplaced";

/** One documented index and its state; primary keys are not counted. */
export interface JudgedIndex {
  readonly object: SchemaObject;
  readonly origin: "createIndex" | "unique" | "vector" | "primaryKey";
  readonly state: IndexState;
  readonly finding: Finding | undefined;
}

function nameOf({ name }: SchemaObject): string {
  return ownName(name);
}

function tableOf({ name }: SchemaObject): string {
  return parentOf(name);
}

/** A schema with only its indexes, each independent of its table: an index of a missing table is also missing. */
function onlyIndexes(schema: Schema): Schema {
  const objects = [...mergeDuplicates(schema).schema.objects.values()].filter(
    (object) => originOf(object) !== undefined,
  );
  return schemaOf(
    objects.map((object) => ({ ...object, needs: [] })),
    [],
    schema.serverVersion,
  );
}

interface Verdict {
  readonly state: IndexState;
  readonly detail: string;
  readonly attribute?: string;
  readonly hint: string;
}

/** What is wrong with an index on both sides. */
function changedVerdict(attributes: readonly AttributeChange[], isBuilding: boolean): Verdict {
  const broken = new Set(attributes.map(({ name }) => name));
  if (broken.has("valid") && !isBuilding)
    return {
      state: "invalid",
      detail: "is invalid: its build failed, and no query uses it",
      attribute: "valid",
      hint: "Drop it with DROP INDEX CONCURRENTLY and create it again, or run REINDEX INDEX CONCURRENTLY.",
    };
  if (broken.has("valid") || broken.has("ready") || broken.has("live"))
    return {
      state: "not-ready",
      detail: isBuilding ? "is being built" : "is being dropped, or was left half-dropped",
      attribute: "ready",
      hint: isBuilding
        ? "Wait for the build to end."
        : "Run DROP INDEX CONCURRENTLY again, then create it as documented.",
    };
  return {
    state: "different",
    detail: `differs: ${attributes.map(attributeText).join("; ")}`,
    ...(attributes[0] !== undefined && { attribute: attributes[0].name }),
    hint: "Drop it and create it as documented, or document what is meant.",
  };
}

function verdictOf(
  change: Change | undefined,
  actual: Schema,
  object: SchemaObject,
  isBuilding: boolean,
): Verdict {
  if (change === undefined) return { state: "present", detail: "", hint: "" };
  if (change.code === "changed") return changedVerdict(change.attributes, isBuilding);
  if (change.code === "renamed")
    return {
      state: "renamed",
      detail: `was renamed to ${nameOf(change.actual)}`,
      hint: `Rename it back: ALTER INDEX ${relationName(change.actual.name)} RENAME TO ${nameOf(object)}`,
    };
  const elsewhere = [...actual.objects.values()].find(
    (other) => other.kind === object.kind && nameOf(other) === nameOf(object),
  );
  if (elsewhere !== undefined)
    return {
      state: "misplaced",
      detail: `is on ${tableOf(elsewhere)} instead of ${tableOf(object)}`,
      hint: "Drop it there and create it where it is documented.",
    };
  return {
    state: "missing",
    detail: "is missing",
    hint: "Create it as documented, or run socrates-db migrate if its migration is pending.",
  };
}

/** A table or view that only the document has, with its indexes. */
interface LostTable {
  readonly host: SchemaObject;
  readonly indexes: readonly SchemaObject[];
}

/** One finding for a missing table with all its indexes. */
function missingTable(database: string, { host, indexes }: LostTable, locate: IndexCheck["locate"]): Finding {
  const { kind, name } = host;
  const count = `${indexes.length} documented ${indexes.length === 1 ? "index" : "indexes"}`;
  const location = locate(host);
  return {
    code: "missing",
    severity: "error",
    database,
    kind,
    object: name,
    consequences: indexes.map((index) => ({ kind: index.kind, object: index.name })),
    message: `${kind} ${name} is missing, and with it ${count}`,
    ...(location !== undefined && { location }),
    hint: "Create it as documented, or run socrates-db migrate if its migration is pending.",
  };
}

/** The tables and views that only the document has, by the keys of their indexes. */
function lostWithTable(expected: Schema, actual: Schema, { objects }: Schema): Map<ObjectKey, LostTable> {
  const byHost = new Map<ObjectKey, SchemaObject[]>();
  for (const [key, index] of objects) {
    const object = expected.objects.get(key);
    const host = object === undefined ? undefined : hostOf(object);
    if (host !== undefined && !actual.objects.has(host))
      byHost.set(host, [...(byHost.get(host) ?? []), index]);
  }
  return new Map(
    [...byHost].flatMap(([key, indexes]) => {
      const host = expected.objects.get(key);
      return host === undefined
        ? []
        : indexes.map((index) => [keyOfObject(index), { host, indexes }] as const);
    }),
  );
}

/** Checks each documented index, including primary keys. */
export function judgeIndexes({
  database,
  expected,
  actual,
  derived,
  deferred,
  locate,
  isBuilding,
}: IndexCheck): JudgedIndex[] {
  const [documented, live] = [onlyIndexes(expected), onlyIndexes(actual)];
  const changes = new Map(
    compareSchemas(documented, live, derived)
      .filter(({ code }) => code !== "unexpected")
      .map((change) => [keyOfObject(change.object), change]),
  );
  const lost = lostWithTable(expected, actual, documented);
  return [...documented.objects].flatMap(([key, object]): JudgedIndex[] => {
    const origin = originOf(object);
    if (origin === undefined) return [];
    const { state, detail, attribute, hint } = verdictOf(
      changes.get(key),
      live,
      object,
      isBuilding(object.name),
    );
    if (state === "present") return [{ object, origin, state, finding: undefined }];
    const table = lost.get(key);
    if (state === "missing" && table !== undefined) {
      const finding = table.indexes[0] === object ? missingTable(database, table, locate) : undefined;
      return [{ object, origin, state, finding }];
    }
    const isDeferred = state === "missing" && deferred.has(nameOf(object));
    const location = locate(object);
    const finding: Finding = {
      code: state,
      severity: isDeferred ? "warning" : "error",
      database,
      kind: object.kind,
      object: object.name,
      ...(attribute !== undefined && { attribute }),
      message: `index ${object.name} ${detail}`,
      ...(location !== undefined && { location }),
      hint: isDeferred ? "It is commented out in the document: create it when it is needed." : hint,
    };
    return [{ object, origin, state, finding }];
  });
}
