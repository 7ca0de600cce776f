import { hostOf } from "../schema/hosts.ts";
import type { ObjectKey, Schema, SchemaObject } from "../schema/model.ts";
import { dotted, parentOf, partsOfName } from "../schema/names.ts";
import { alterColumn } from "./columns.ts";
import { addUsingIndex, constraints, validate } from "./constraints.ts";
import { keyOfObject } from "./dependencies.ts";
import type { Fates } from "./fates.ts";
import { freeName, takenNames, waitingIndexName } from "./free-names.ts";
import { createIndex } from "./indexes.ts";
import { isSet, nameInSchema, partName, textOf } from "./names.ts";
import { partitionBuilds } from "./partition-builds.ts";
import { type Step, type StepMode, stepOf } from "./steps.ts";

/** Steps that follow each other, of which `main` is the one after which the object has its name and effect. */
export interface Chain {
  readonly steps: readonly [Step, ...Step[]];
  readonly main: Step;
}

/** The first major version that adds foreign keys to partitioned tables without checking the rows. */
const unvalidatedOnPartitioned = 18;

function linked(steps: readonly [Step, ...Step[]], main: Step): Chain {
  steps.forEach((step, i) => {
    const earlier = steps[i - 1];
    if (earlier !== undefined) step.after.add(earlier);
  });
  return { steps, main };
}

/** An object with other attributes. */
function having(object: SchemaObject, attributes: SchemaObject["attributes"]): SchemaObject {
  return { ...object, attributes: { ...object.attributes, ...attributes } };
}

export interface GentleOptions {
  /** Whether everything takes the shortest form. */
  readonly plain: boolean;
  /** Objects that change in one transaction with others, and so take the shortest form. */
  readonly together: ReadonlySet<ObjectKey>;
  /** Of the server that will run the statements. */
  readonly serverVersion: number;
}

/** Forms of changes that let others read and write meanwhile, for tables that exist before and after. */
export class Gentle {
  private readonly schemas: readonly [from: Schema, to: Schema];
  private readonly fates: Fates;
  private readonly plain: boolean;
  private readonly together: ReadonlySet<ObjectKey>;
  private readonly major: number;
  private readonly taken: readonly [before: ReadonlySet<string>, after: ReadonlySet<string>];

  constructor(
    schemas: readonly [from: Schema, to: Schema],
    fates: Fates,
    { plain, together, serverVersion }: GentleOptions,
  ) {
    this.schemas = schemas;
    this.fates = fates;
    this.plain = plain;
    this.together = together;
    this.major = Math.floor(serverVersion / 10_000);
    this.taken = [takenNames(schemas[0]), takenNames(schemas[1])];
  }

  /** Whether range types of the server have multiranges. */
  get hasMultiranges(): boolean {
    return this.major >= 14;
  }

  /** The table or materialised view of a part, if others may use it meanwhile. */
  private usedHost(part: SchemaObject): SchemaObject | undefined {
    const host = hostOf(part);
    if (host === undefined || this.plain || this.together.has(keyOfObject(part))) return undefined;
    const fate = this.fates.of.get(host);
    const object = this.schemas[0].objects.get(host);
    const isUsed = (fate === undefined || fate === "alter") && object?.attributes["type"] !== "foreign table";
    return isUsed ? object : undefined;
  }

  private isPartitioned(table: SchemaObject): boolean {
    return textOf(table, "partitionKey") !== undefined;
  }

  /**
   * @param create the statements of the shortest form
   * @returns undefined if there is only that form
   */
  creation(part: SchemaObject, create: readonly string[]): Chain | undefined {
    const host = this.usedHost(part);
    if (host === undefined) return undefined;
    const [, ...rest] = create;
    if (part.kind === "index") return this.index(part, host, rest);
    if (part.kind !== "constraint") return undefined;
    switch (textOf(part, "type")) {
      case "primary key":
      case "unique":
        return this.key(part, host, rest);
      case "foreign key":
        return this.isPartitioned(host) && this.major < unvalidatedOnPartitioned
          ? undefined
          : this.checked(part, rest);
      case "check":
        return this.checked(part, rest);
      default:
        return undefined;
    }
  }

  private isTaken(part: SchemaObject): boolean {
    return this.taken[0].has(`relation ${nameInSchema(part.name)}`);
  }

  private index(index: SchemaObject, host: SchemaObject, rest: readonly string[]): Chain | undefined {
    if (isSet(index, "ofPartition")) return undefined;
    if (this.isPartitioned(host)) {
      const steps = this.isTaken(index)
        ? undefined
        : partitionBuilds(index, host, rest, this.schemas, this.fates);
      return steps === undefined ? undefined : linked(steps, steps.at(-1) ?? steps[0]);
    }
    if (!this.isTaken(index)) {
      const build = stepOf(index, "create", [createIndex(index, { concurrently: true })], {
        mode: "outside",
      });
      return linked([build, ...(rest.length === 0 ? [] : [stepOf(index, "complete", rest)])], build);
    }
    const name = waitingIndexName(index, this.taken);
    const build = stepOf(index, "build", [createIndex({ ...index, name }, { concurrently: true })], {
      mode: "outside",
    });
    const rename = `ALTER INDEX ${nameInSchema(name)} RENAME TO ${partName(index.name)}`;
    const main = stepOf(index, "create", [rename, ...rest]);
    return linked([build, main], main);
  }

  /** A key takes over a unique index. */
  private key(key: SchemaObject, host: SchemaObject, rest: readonly string[]): Chain | undefined {
    if (this.isPartitioned(host) || isSet(key, "withoutOverlaps")) return undefined;
    const name = this.isTaken(key) ? waitingIndexName(key, this.taken) : key.name;
    const index = { ...having(key, { unique: true }), name };
    const build = stepOf(key, "build the index of", [createIndex(index, { concurrently: true })], {
      mode: "outside",
    });
    const main = stepOf(key, "create", [addUsingIndex(key, name), ...rest]);
    return linked([build, main], main);
  }

  /** New rows are checked from the start, and those that exist later, under a weaker lock. */
  private checked(constraint: SchemaObject, rest: readonly string[]): Chain | undefined {
    const { validated, enforced } = constraint.attributes;
    if (validated === false || enforced === false) return undefined;
    const [add = ""] = constraints.create(having(constraint, { validated: false }));
    const main = stepOf(constraint, "create", [add, ...rest]);
    return linked([main, stepOf(constraint, "validate", [validate(constraint)], { mode: "apart" })], main);
  }

  /** Whether an index is dropped without a lock that others wait for. */
  dropsIndex(index: SchemaObject): boolean {
    const host = index.kind === "index" ? this.usedHost(index) : undefined;
    return host !== undefined && !this.isPartitioned(host) && !isSet(index, "ofPartition");
  }

  /** A new label of an enum can be used once it is committed; everything else changes together. */
  modeOfChange(object: SchemaObject, sql: readonly string[]): StepMode {
    const addsLabel = object.kind === "type" && sql.some((one) => /^ALTER TYPE .* ADD VALUE /s.test(one));
    return addsLabel && !this.together.has(keyOfObject(object)) ? "apart" : "together";
  }

  /** Makes a column NOT NULL without a scan under a strong lock: a valid check shows that no row is NULL. */
  notNull(column: SchemaObject, changed: ReadonlySet<string>): Chain | undefined {
    const isPossible =
      changed.has("notNull") &&
      isSet(column, "notNull") &&
      textOf(column, "notNullConstraint") === undefined &&
      !changed.has("identity");
    if (!isPossible || this.usedHost(column) === undefined) return undefined;
    const [table, own] = [parentOf(column.name), partsOfName(column.name).slice(1).join("_")];
    const isTaken = (name: string) =>
      this.taken.some((names) => names.has(`constraint ${table}.${dotted(name)}`));
    const check: SchemaObject = {
      ...column,
      kind: "constraint",
      name: `${table}.${dotted(freeName(own, "_is_set", isTaken))}`,
      attributes: { type: "check", expression: `${partName(column.name)} IS NOT NULL`, validated: false },
    };
    const main = stepOf(
      column,
      "make NOT NULL",
      [`${alterColumn(column)} SET NOT NULL`, constraints.drop?.(check) ?? ""],
      { cost: "catalog only" },
    );
    return linked(
      [
        stepOf(column, "add a check for NOT NULL to", constraints.create(check)),
        stepOf(column, "validate NOT NULL of", [validate(check)], { mode: "apart" }),
        main,
      ],
      main,
    );
  }
}
