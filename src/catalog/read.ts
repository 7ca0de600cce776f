import { codeOf } from "../database/failure.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import { type Extras, noExtras } from "../schema/extras.ts";
import { kinds, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import type { Sharing } from "../schema/sharing.ts";
import { columnObjects, columnPlace, registerColumns } from "./columns.ts";
import { constraintObjects } from "./constraints.ts";
import { extensionObjects, registerMembers } from "./extensions.ts";
import type { ReadOptions } from "./fragments.ts";
import { functionObjects, registerFunctions } from "./functions.ts";
import { namesByOid, operatorClassesOf } from "./index-names.ts";
import { indexObjects, registerIndexes } from "./indexes.ts";
import { inheritedColumns } from "./inherited-columns.ts";
import { numbersOf } from "./names.ts";
import { withOwners } from "./owners.ts";
import { policyObjects } from "./policies.ts";
import { type CatalogRows, queriesFor } from "./queries.ts";
import { presentSql } from "./rare/catalogs.ts";
import { rareObjects, registerRare } from "./rare/rare-objects.ts";
import { Registry } from "./registry.ts";
import { ruleObjects } from "./rules.ts";
import { registerSchemas, schemaObjects } from "./schemas.ts";
import {
  identityOptions,
  identityPrivileges,
  identitySequences,
  registerSequences,
  sequenceObjects,
  sequenceOwners,
} from "./sequences.ts";
import { settingObjects } from "./settings.ts";
import { registerTables, tableObjects } from "./tables.ts";
import { triggerObjects, triggerStates } from "./triggers.ts";
import { registerTypes, typeObjects } from "./types.ts";
import { sortedUncovered } from "./uncovered.ts";
import { registerViews, viewObjects } from "./views.ts";

type Rows = { readonly [Name in keyof CatalogRows]: readonly CatalogRows[Name][] };

/** Named objects first, then their parts: a name must be known before another object refers to it. */
function registryOf(rows: Rows): Registry {
  const registry = new Registry();
  registerSchemas(rows.schemas, registry);
  registerTypes(rows.types, registry);
  registerTables(rows.tables, registry);
  registerViews(rows.views, registry);
  registerColumns(rows.columns, registry);
  registerSequences(rows.sequences, registry);
  registerIndexes(rows.indexes, registry);
  registerFunctions(rows.functions, registry);
  registerMembers(rows.members, registry);
  registerRare(rows.rare, registry);
  registry.addComments(rows.comments);
  registry.addDependencies(rows.dependencies);
  return registry;
}

/** The objects, a list for each kind. */
function* objectsOf(rows: Rows, registry: Registry, options: ReadOptions): Generator<Iterable<SchemaObject>> {
  const names = {
    operatorClasses: operatorClassesOf(rows.operatorClasses),
    collations: namesByOid(rows.collations),
  };
  const extras = {
    defaults: new Map(rows.defaults.map((row) => [columnPlace(row.relation, row.number), row])),
    notNulls: new Map(
      rows.notNulls.map((row) => [columnPlace(row.relation, numbersOf(row.columns)[0]), row]),
    ),
    identityOptions: identityOptions(rows.sequences),
    identityPrivileges: identityPrivileges(rows.sequences),
    identitySequences: options.exact ? identitySequences(rows.sequences) : undefined,
    sequenceOwners: sequenceOwners(rows.sequences),
  };
  yield schemaObjects(rows.schemas, registry, options);
  yield extensionObjects(rows.extensions, registry);
  yield [...typeObjects(rows.types, registry, options), ...rareObjects(rows.rare, registry, "type")];
  yield sequenceObjects(rows.sequences, registry, options);
  yield tableObjects(
    rows.tables,
    inheritedColumns(rows, extras.defaults, registry, options),
    triggerStates(rows.triggers),
    registry,
    options,
  );
  yield columnObjects(rows.columns, extras, registry, options);
  yield constraintObjects(rows.constraints, rows.indexes, names, registry);
  yield indexObjects(rows.indexes, names, registry, options);
  yield viewObjects(rows.views, rows.columns, extras.defaults, registry, options);
  yield functionObjects(rows.functions, registry, options);
  yield triggerObjects(rows.triggers, registry);
  yield ruleObjects(rows.rules, registry);
  yield policyObjects(rows.policies, registry);
  for (const kind of kinds) if (kind !== "type") yield rareObjects(rows.rare, registry, kind);
  yield settingObjects(rows.settings);
}

/** Objects are sorted by kind and name, whatever the order of OIDs in the database. */
function* sorted(
  lists: Iterable<Iterable<SchemaObject>>,
  complete: (object: SchemaObject) => SchemaObject,
): Generator<SchemaObject> {
  for (const objects of lists) {
    const list: SchemaObject[] = [];
    for (const object of objects) list.push(complete(object));
    yield* list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }
}

/** Size of pg_class in bytes, from which catalogs are read one after the other: about three thousand tables. */
const largeCatalog = 4_000_000;

function nextTurnOfLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** All objects of a snapshot. */
function completeObjects(rows: Rows, options: ReadOptions, sharing: Sharing | undefined) {
  const registry = registryOf(rows);
  const owned = withOwners(rows.owners, registry);
  return sorted(objectsOf(rows, registry, options), (object) => {
    const complete = owned(object);
    return sharing?.object(complete) ?? complete;
  });
}

export interface ReadSchemaOptions extends Partial<Extras> {
  /** Shared with the other schemas that are read for the same comparison. */
  readonly sharing?: Sharing | undefined;
}

/**
 * Reads the catalog of a database in one snapshot: all schemas but PostgreSQL's own and the ledger, without members
 * of extensions and inherited parts. Just before the snapshot it asks which rare kinds have objects, to read only
 * these. By default PUBLIC may read all that it needs; if a server has revoked that, the error names the relation.
 * @throws SocratesError `privilege-missing`
 */
export async function readSchema(
  session: Session,
  { sharing, ...extras }: ReadSchemaOptions = {},
): Promise<Schema> {
  try {
    const [server] = await session.read<{ version: number; isLarge: boolean; present: string }>(
      `SELECT current_setting('server_version_num')::int AS "version", pg_relation_size('pg_class') > ${largeCatalog} AS "isLarge", ${presentSql} AS "present"`,
    );
    const options = { ...noExtras, ...extras, version: server?.version ?? 0 };
    const queries = await queriesFor(options, server?.present ?? "");
    const read = () => session.snapshot<CatalogRows>(queries);
    const rows = await (sharing !== undefined && server?.isLarge ? sharing.inTurn(read) : read());
    // The snapshot whose turn it is sends its queries first, so that the server works while objects are created here.
    await nextTurnOfLoop();
    const schema = schemaOf(
      completeObjects(rows, options, sharing),
      sortedUncovered(rows.uncovered),
      options.version,
    );
    sharing?.finished(schema);
    return schema;
  } catch (error) {
    // 42501: insufficient_privilege (manual, appendix A); the message names the object.
    if (codeOf(error) !== "42501" || !(error instanceof Error)) throw error;
    throw new SocratesError(
      "privilege-missing",
      `the catalog of ${session.label} cannot be read: ${error.message}`,
      {
        hint: "Grant SELECT on it to this user, or connect as another user.",
        cause: error,
      },
    );
  }
}
