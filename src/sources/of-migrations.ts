import { readSchema } from "../catalog/read.ts";
import type { ChainFiles } from "../migrations/files.ts";
import { readScript } from "../migrations/files.ts";
import { scriptSql } from "../migrations/script-sql.ts";
import { isServerError, migrationError } from "../migrations/sql-error.ts";
import type { Schema } from "../schema/model.ts";
import { type CacheFolders, cached, cacheKey, type PhaseSchemas } from "../shadow/cache.ts";
import { withShadow } from "../shadow/shadow.ts";

/** The key of what a chain of migrations makes, up to a last phase. */
export function migrationsKey(chain: ChainFiles, lastPhase: number): string {
  return cacheKey(
    "migrations",
    String(lastPhase),
    ...chain.migrations.map(({ phase, checksum }) => `${phase} ${checksum}`),
  );
}

async function run(chain: ChainFiles, lastPhase: number): Promise<PhaseSchemas> {
  return withShadow(async (session) => {
    const phases: Schema[] = [];
    for (let phase = 0; phase <= lastPhase; phase++) {
      const files = chain.migrations.filter((file) => file.phase === phase);
      for (const file of files) {
        const script = readScript(file.source, file.noTransaction);
        const { sql, lines } = scriptSql(script);
        const text = script.noTransaction ? (script.statements[0]?.text ?? "") : sql;
        await session.run(text).catch((error: unknown) => {
          throw isServerError(error)
            ? migrationError(error, script, script.noTransaction ? undefined : lines)
            : error;
        });
      }
      const last = phases.at(-1);
      phases.push(files.length === 0 && last !== undefined ? last : await readSchema(session));
    }
    return { phases, notes: [] };
  });
}

/** The schemas that a chain makes in an empty database, phase by phase. @throws SocratesError as a run of the chain does */
export function migrationsSchemas(
  chain: ChainFiles,
  lastPhase: number,
  folders: CacheFolders,
): Promise<PhaseSchemas> {
  return cached(folders, migrationsKey(chain, lastPhase), () => run(chain, lastPhase));
}
