import { type CreationPlan, planCreation } from "../repair/creation.ts";
import { creationSettings } from "../repair/search-path.ts";
import { nameIn, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { formatNumber } from "../migration-number.ts";
import type { NewDatabase } from "./databases.ts";

/** The migration that creates what a database has, and its parts for the document. */
export interface Baseline {
  readonly database: NewDatabase;
  readonly number: number;
  /** What it creates: the live schema, without what cannot be written. */
  readonly schema: Schema;
  readonly plan: CreationPlan;
  /** Relative to the repository. */
  readonly up: { readonly path: string; readonly text: string };
  readonly down: { readonly path: string; readonly text: string };
  readonly settings: readonly string[];
}

function script(header: readonly string[], statements: readonly string[]): string {
  return `${header.map((line) => `-- ${line}\n`).join("")}\n${statements.map((sql) => `${sql};\n`).join("\n")}`;
}

/** A schema without objects, nor the parts of these. */
export function withoutObjects(schema: Schema, left: readonly SchemaObject[]): Schema {
  const keys = new Set(left);
  const objects = [...schema.objects.values()].filter((object) => !keys.has(object));
  return schemaOf(objects, schema.uncovered, schema.serverVersion);
}

/** Writes the baseline of a database as its first migration. */
export function baselineOf(database: NewDatabase, number: number, live: Schema): Baseline {
  const plan = planCreation(live);
  const settings = creationSettings(live);
  const id = `${formatNumber(number)}_baseline`;
  const { creations } = plan;
  const drops = creations.flatMap(({ drop }) => (drop === undefined ? [] : [drop])).reverse();
  return {
    database,
    number,
    schema: withoutObjects(live, plan.unwritten),
    plan,
    settings,
    up: {
      path: `${database.migrations}/${id}.sql`,
      text: script(
        ["socrates-db: phase 0", "The schema as it was when these migrations began."],
        [...settings, ...creations.flatMap(({ create }) => create)],
      ),
    },
    down: {
      path: `${database.migrations}/${id}.down.sql`,
      text: script([`Reverts ${id}`], drops),
    },
  };
}

/** What cannot be written as SQL, as objects for the config's `ignore`. */
export function ignoredOf({ plan }: Baseline): readonly { readonly object: string; readonly reason: string }[] {
  return plan.unwritten.map(({ kind, name }) => ({
    object: name,
    reason: `init cannot write this ${kind} as SQL; create it by hand`,
  }));
}

/** The tables of a schema by name. */
export function tablesOf(schema: Schema): string[] {
  return [...schema.objects.keys()].filter((key) => key.startsWith("table ")).map(nameIn);
}
