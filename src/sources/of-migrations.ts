import { isServerError } from "../database/server-error.ts";
import { beginSql } from "../database/session-sql.ts";
import type { ChainFiles, MigrationFile, Script } from "../migrations/files.ts";
import { readScript } from "../migrations/files.ts";
import { freshSessionSql, scriptSettingsSql } from "../runner/fresh-session.ts";
import { scriptSql } from "../runner/script-sql.ts";
import { migrationError } from "../runner/sql-error.ts";
import { type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import { uncheckedBodies } from "../shadow/absent-extensions.ts";
import { cachedSchemas, cacheKey, type ShadowOptions } from "../shadow/cache.ts";
import { withShadow } from "../shadow/open.ts";
import type { Shadow } from "../shadow/shadow.ts";
import type { Statement } from "../sql/statements.ts";

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

/** The statements of a script that can run in a shadow that lacks extensions; their effect is rolled back. */
async function possible(shadow: Shadow, script: Script): Promise<Script> {
  await shadow.run(`${beginSql} ${scriptSettingsSql(unbounded, "LOCAL")} ${uncheckedBodies}`);
  const statements: Statement[] = [];
  for (const statement of script.statements) {
    await shadow.run("SAVEPOINT before");
    try {
      await shadow.run(statement.text);
      statements.push(statement);
    } catch (error) {
      if (!shadow.leaveOut(statement.text, error)) throw error;
      await shadow.run("ROLLBACK TO before");
    }
  }
  await shadow.run("ROLLBACK");
  return { ...script, statements };
}

/** @param before SQL before the statements of the script */
async function runWhole(shadow: Shadow, script: Script, before?: string): Promise<void> {
  await shadow.run(`${beginSql} ${scriptSql(shadow, script, unbounded, false, before)} COMMIT`);
}

/**
 * Runs a script like a migration, without what depends on extensions that the shadow lacks.
 * @throws SocratesError `migration-failed`, with its place in the file
 */
export async function runScript(shadow: Shadow, script: Script): Promise<void> {
  const statements = script.statements.filter(({ text }) => !shadow.skips(text));
  const [sent] = script.noTransaction ? statements : [];
  try {
    if (sent === undefined) {
      await runWhole(shadow, { ...script, statements }).catch(async (error: unknown) => {
        if (!shadow.lacks(error)) throw error;
        await shadow.run("ROLLBACK");
        await runWhole(shadow, await possible(shadow, { ...script, statements }), uncheckedBodies);
      });
    } else {
      await shadow.run(`${freshSessionSql(shadow, false)} ${scriptSettingsSql(unbounded, "SESSION")}`);
      await shadow.run(sent.text).catch((error: unknown) => {
        if (!shadow.leaveOut(sent.text, error)) throw error;
      });
      await shadow.run(freshSessionSql(shadow, false));
    }
  } catch (error) {
    await shadow.run("ROLLBACK").catch(() => {});
    throw isServerError(error) ? migrationError(error, script, sent) : error;
  }
}

/** Runs an up file. @throws SocratesError `migration-failed`, `file-invalid` */
export async function runUp(shadow: Shadow, { source, noTransaction }: MigrationFile): Promise<void> {
  await runScript(shadow, readScript(source, noTransaction));
}

/** The schema of the empty database, and the schema after each migration. */
async function run({ database, migrations }: ChainFiles, options: ShadowOptions): Promise<Schema[]> {
  const { exact = false } = options;
  return withShadow({ ...options, database }, async (shadow) => {
    const schemas = [await shadow.readSchema({ exact })];
    for (const file of migrations) {
      await runUp(shadow, file);
      schemas.push(await shadow.readSchema({ exact }));
    }
    return schemas;
  });
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
    schemas: await run(chain, shadow),
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
  return schemaOf(objects.values(), steps.at(-1)?.after.uncovered ?? [], empty.serverVersion);
}
