import { readSchema } from "../catalog/read.ts";
import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { beginSql } from "../database/session-sql.ts";
import type { ChainFiles, MigrationFile, Script } from "../migrations/files.ts";
import { readScript } from "../migrations/files.ts";
import { freshSessionSql, scriptSettingsSql } from "../runner/fresh-session.ts";
import { scriptSql } from "../runner/script-sql.ts";
import { migrationError } from "../runner/sql-error.ts";
import { type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { cachedSchemas, cacheKey, type ShadowOptions } from "../shadow/cache.ts";
import { withShadow } from "../shadow/shadow.ts";

/** The change that one migration makes to the schema. */
export interface Step {
  readonly file: MigrationFile;
  readonly before: Schema;
  readonly after: Schema;
}

/** The schemas that a chain creates in an empty database, migration by migration. */
export interface ChainSchemas {
  /** The schema of an empty database. */
  readonly empty: Schema;
  readonly steps: readonly Step[];
}

/** Scripts in the shadow have no time limits. */
const unbounded = { lockTimeout: 0, statementTimeout: 0 };

/** Runs a script like a migration. @throws SocratesError `migration-failed`, with its place in the file */
export async function runScript(session: Session, script: Script): Promise<void> {
  const { noTransaction, statements } = script;
  const [sent] = noTransaction ? statements : [];
  try {
    if (sent === undefined)
      await session.run(`${beginSql} ${scriptSql(session, script, unbounded, false)} COMMIT`);
    else {
      await session.run(`${freshSessionSql(session, false)} ${scriptSettingsSql(unbounded, "SESSION")}`);
      await session.run(sent.text);
      await session.run(freshSessionSql(session, false));
    }
  } catch (error) {
    await session.run("ROLLBACK").catch(() => {});
    throw isServerError(error) ? migrationError(error, script, sent) : error;
  }
}

/** Runs an up file. @throws SocratesError `migration-failed`, `file-invalid` */
export async function runUp(session: Session, { source, noTransaction }: MigrationFile): Promise<void> {
  await runScript(session, readScript(source, noTransaction));
}

/** The schema of the empty database, and the schema after each migration. */
async function run({ migrations }: ChainFiles, signal: AbortSignal | undefined): Promise<Schema[]> {
  return withShadow(async (session) => {
    const schemas = [await readSchema(session)];
    for (const file of migrations) {
      await runUp(session, file);
      schemas.push(await readSchema(session));
    }
    return schemas;
  }, signal);
}

/** A step for each file of a chain; `schemas` begins with the empty database. */
function chainOf({ migrations }: ChainFiles, schemas: readonly Schema[]): ChainSchemas {
  const at = (point: number) => {
    const schema = schemas[point];
    if (schema === undefined) throw new Error(`a chain has no schema ${point}`);
    return schema;
  };
  return {
    empty: at(0),
    steps: migrations.map((file, i) => ({ file, before: at(i), after: at(i + 1) })),
  };
}

/**
 * The schemas that a chain creates in an empty database, migration by migration.
 * @throws SocratesError as a run of the chain does
 */
export async function chainSchemas(chain: ChainFiles, shadow: ShadowOptions): Promise<ChainSchemas> {
  const key = cacheKey("migrations", ...chain.migrations.map(({ checksum }) => checksum));
  const { schemas } = await cachedSchemas(shadow, key, async () => ({
    schemas: await run(chain, shadow.signal),
    notes: [],
  }));
  return chainOf(chain, schemas);
}

/** The schema of a chain at the end of each phase, from phase 0. */
export function phasesOf({ empty, steps }: ChainSchemas, lastPhase: number): Schema[] {
  return Array.from(
    { length: lastPhase + 1 },
    (_, phase) => steps.findLast(({ file }) => file.phase <= phase)?.after ?? empty,
  );
}

/** All objects that a chain ever creates, each in its last state. */
export function everything({ empty, steps }: ChainSchemas): Schema {
  const objects = new Map<ObjectKey, SchemaObject>();
  for (const { after } of steps) for (const [key, object] of after.objects) objects.set(key, object);
  return schemaOf(objects.values(), [], empty.serverVersion);
}
