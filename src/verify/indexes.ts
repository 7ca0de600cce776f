import type { Change } from "../diff/compare.ts";
import { compareSchemas } from "../diff/compare.ts";
import type { Finding } from "../diff/finding.ts";
import type { Location } from "../errors.ts";
import { mergeDuplicates } from "../schema/duplicates.ts";
import { type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { originOf } from "./index-counts.ts";

/** What `verify indexes` holds against each other, for one database. */
export interface IndexCheck {
  /** Key of the database. */
  readonly database: string;
  /** The documented schema at the phase of the database. */
  readonly expected: Schema;
  readonly actual: Schema;
  /** Names of indexes that the document has commented out. */
  readonly deferred: ReadonlySet<string>;
  readonly locate: (object: SchemaObject) => Location | undefined;
  /** Whether an index of this name is being built at this moment. */
  readonly isBuilding: (name: string) => boolean;
}

/** How a documented index stands. */
export type IndexState =
  | "present"
  | "missing"
  | "invalid"
  | "not-ready"
  | "different"
  | "renamed"
  | "misplaced";

/** One documented index and how it stands; primary keys are no part of the documented count. */
export interface JudgedIndex {
  readonly object: SchemaObject;
  readonly origin: "createIndex" | "unique" | "vector" | "primaryKey";
  readonly state: IndexState;
  readonly finding: Finding | undefined;
}

function nameOf({ name }: SchemaObject): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function tableOf({ name }: SchemaObject): string {
  return name.slice(0, name.lastIndexOf("."));
}

/** A schema with nothing but its indexes, each standing for itself: a missing table is no excuse for a missing index. */
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

function stateOf(
  changes: readonly Change[],
  actual: Schema,
  object: SchemaObject,
  isBuilding: boolean,
): { state: IndexState; detail: string; attribute?: string; hint: string } {
  const [change] = changes;
  if (change === undefined) return { state: "present", detail: "", hint: "" };
  if (change.code === "renamed")
    return {
      state: "renamed",
      detail: `is called ${nameOf(change.actual)}`,
      hint: `Rename it back: ALTER INDEX ${change.actual.name.split(".")[0]}.${nameOf(change.actual)} RENAME TO ${nameOf(object)}`,
    };
  if (change.code !== "changed") {
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
  const broken = new Set(changes.flatMap((entry) => (entry.code === "changed" ? [entry.attribute] : [])));
  if (broken.has("valid") && !isBuilding)
    return {
      state: "invalid",
      detail: "is invalid: its build failed, and no query uses it",
      attribute: "valid",
      hint: "Drop it with DROP INDEX CONCURRENTLY and build it anew, or run REINDEX INDEX CONCURRENTLY.",
    };
  if (broken.has("valid") || broken.has("ready") || broken.has("live"))
    return {
      state: "not-ready",
      detail: isBuilding ? "is being built at this moment" : "is being dropped, or was left half-dropped",
      attribute: "ready",
      hint: isBuilding
        ? "Wait for the build to end."
        : "Run DROP INDEX CONCURRENTLY again, then create it as documented.",
    };
  const differences = changes.flatMap((entry) =>
    entry.code === "changed"
      ? [`${entry.attribute} is ${entry.actual ?? "nothing"} instead of ${entry.expected ?? "nothing"}`]
      : [],
  );
  return {
    state: "different",
    detail: differences.join("; "),
    attribute: change.attribute,
    hint: "Drop it and create it as documented, or document what is meant.",
  };
}

/** Judges each documented index, primary keys included. */
export function judgeIndexes({
  database,
  expected,
  actual,
  deferred,
  locate,
  isBuilding,
}: IndexCheck): JudgedIndex[] {
  const [documented, live] = [onlyIndexes(expected), onlyIndexes(actual)];
  const changes = new Map<string, Change[]>();
  for (const change of compareSchemas(documented, live)) {
    const key = `${change.object.kind} ${change.object.name}`;
    if (change.code !== "unexpected") changes.set(key, [...(changes.get(key) ?? []), change]);
  }
  return [...documented.objects].flatMap(([key, object]): JudgedIndex[] => {
    const origin = originOf(object);
    if (origin === undefined) return [];
    const { state, detail, attribute, hint } = stateOf(
      changes.get(key) ?? [],
      live,
      object,
      isBuilding(object.name),
    );
    if (state === "present") return [{ object, origin, state, finding: undefined }];
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
