import { formatNumber } from "../migration-number.ts";
import { type CreationPlan, planCreation } from "../repair/creation.ts";
import { grantsOf, withoutPrivileges } from "../repair/privileges.ts";
import { rolesIn } from "../repair/roles.ts";
import { creationSettings } from "../repair/search-path.ts";
import type { Unwritten } from "../repair/unwritten.ts";
import { hostOf } from "../schema/hosts.ts";
import { nameIn, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import { literal } from "../sql/quote.ts";
import type { NewDatabase } from "./databases.ts";

/** The migration that creates what a database has, and its parts for the document. */
export interface Baseline {
  readonly database: NewDatabase;
  readonly number: number;
  /** What it creates: the live schema, without what cannot be written, and without privileges. */
  readonly schema: Schema;
  /** The same with privileges. */
  readonly granted: Schema;
  readonly plan: CreationPlan;
  /** Relative to the repository. */
  readonly up: { readonly path: string; readonly text: string };
  readonly down: { readonly path: string; readonly text: string };
  readonly settings: readonly string[];
  /** How many objects each role owns. */
  readonly owners: ReadonlyMap<string, number>;
}

function script(header: readonly string[], statements: readonly string[]): string {
  return `${header.map((line) => `-- ${line}\n`).join("")}\n${statements.map((sql) => `${sql};\n`).join("\n")}`;
}

function withObjects({ uncovered, serverVersion }: Schema, objects: readonly SchemaObject[]): Schema {
  return schemaOf(objects, uncovered, serverVersion);
}

function withoutOwner(object: SchemaObject): SchemaObject {
  const { owner: _, ...attributes } = object.attributes;
  return { ...object, attributes };
}

/** The owners of a schema's objects; that of the schema public differs between versions. */
function ownersIn({ objects }: Schema): ReadonlyMap<string, number> {
  const owners = new Map<string, number>();
  for (const [key, { attributes }] of objects) {
    const { owner } = attributes;
    if (typeof owner === "string" && key !== "schema public") owners.set(owner, (owners.get(owner) ?? 0) + 1);
  }
  return owners;
}

/** Roles belong to the server, so a new server may lack them. */
function createRole(role: string): string {
  const name = literal(partsOfName(role)[0] ?? "").trim();
  return `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${name}) THEN CREATE ROLE ${role}; END IF;
END $$`;
}

/**
 * Writes the baseline of a database as its first migration.
 * @param live read with privileges and owners
 */
export function baselineOf(database: NewDatabase, number: number, live: Schema): Baseline {
  const plan = planCreation(live);
  const settings = creationSettings(live);
  const id = `${formatNumber(number)}_baseline`;
  const { creations } = plan;
  const objects = [...live.objects].flatMap(([key, object]) =>
    plan.unwritten.has(key) ? [] : [withoutOwner(object)],
  );
  const granted = withObjects(live, objects);
  const drops = creations.flatMap(({ drop }) => (drop === undefined ? [] : [drop])).reverse();
  return {
    database,
    number,
    schema: withObjects(live, objects.map(withoutPrivileges)),
    granted,
    plan,
    settings,
    owners: ownersIn(live),
    up: {
      path: `${database.migrations}/${id}.sql`,
      text: script(
        ["socrates-db: phase 0", "The schema as it was when these migrations began."],
        [
          ...settings,
          ...rolesIn(granted).map(createRole),
          ...creations.flatMap(({ create }) => create),
          ...grantsOf(granted),
        ],
      ),
    },
    down: {
      path: `${database.migrations}/${id}.down.sql`,
      text: script([`Reverts ${id}`], drops),
    },
  };
}

/** What cannot be written as SQL, without the parts of tables that cannot. */
export function unwrittenOf({ plan: { unwritten } }: Baseline): readonly Unwritten[] {
  return [...unwritten.values()].filter(({ object }) => {
    const host = hostOf(object);
    return host === undefined || !unwritten.has(host);
  });
}

/** What cannot be written as SQL, as objects for the config's `ignore`. */
export function ignoredOf(
  baseline: Baseline,
): readonly { readonly object: string; readonly reason: string }[] {
  return unwrittenOf(baseline).map(({ object: { kind, name } }) => ({
    object: name,
    reason: `init cannot write this ${kind} as SQL; create it by hand`,
  }));
}

/** The tables of a schema by name. */
export function tablesOf(schema: Schema): string[] {
  return [...schema.objects.keys()].filter((key) => key.startsWith("table ")).map(nameIn);
}
