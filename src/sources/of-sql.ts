import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { isServerError } from "../database/server-error.ts";
import { SocratesError } from "../errors.ts";
import { readStatements, type Script, transactionControl } from "../migrations/files.ts";
import { migrationError } from "../runner/sql-error.ts";
import { cachedSchemas, cacheKey, type ShadowOptions } from "../shadow/cache.ts";
import { withShadow } from "../shadow/open.ts";
import { displayPath, readSource } from "../sql/source-file.ts";
import { isTransactionControl, type Statement } from "../sql/statements.ts";
import { fixedSource, type Source } from "./source.ts";

/** The files of a folder by name, without down files; for a file, itself. */
function sqlFiles(place: string): string[] {
  if (!statSync(place).isDirectory()) return [place];
  const names = readdirSync(place).filter((name) => name.endsWith(".sql") && !name.endsWith(".down.sql"));
  if (names.length === 0)
    throw new SocratesError("usage", `the folder ${displayPath(place)} contains no SQL files`, {
      hint: "Name a file, or a folder of files that end in .sql.",
    });
  return names.sort().map((name) => path.join(place, name));
}

/** Lines that pg_dump writes for psql only, since August 2025 (release notes of 17.6). */
const restriction = /^\\(?:un)?restrict\b.*$/gm;
const bounds: ReadonlySet<string> = new Set(["BEGIN", "START", "COMMIT", "END"]);

/** Objects that every database has, and a dump may still create. */
function isThere({ words, names }: Statement): boolean {
  return words[0] === "CREATE" && words[1] === "SCHEMA" && names[2] === "public" && names.length === 3;
}

/**
 * A SQL file, which may be an unmodified schema dump of pg_dump. Nothing is migrated, so BEGIN and COMMIT are
 * ignored.
 * @throws SocratesError `file-invalid` for what a server cannot run, COPY with inline rows, and for ROLLBACK and
 * savepoints
 */
function readSqlFile(file: string): Script {
  const read = readSource(file);
  const source = { ...read, text: read.text.replace(restriction, (line) => " ".repeat(line.length)) };
  const statements = readStatements(source).filter((statement) => {
    if (!isTransactionControl(statement)) return !isThere(statement);
    if (bounds.has(statement.words[0] ?? "")) return false;
    throw transactionControl(source, statement);
  });
  return { source, statements, noTransaction: false };
}

/**
 * The schema that SQL files create in an empty database.
 * @param database its key
 * @throws SocratesError `usage`, `file-invalid`, `migration-failed` with the place in the file
 */
export async function sqlSource(place: string, database: string, options: ShadowOptions): Promise<Source> {
  const scripts = sqlFiles(place).map(readSqlFile);
  const { schemas } = await cachedSchemas(
    options,
    cacheKey("sql", ...scripts.map(({ source }) => source.text)),
    () =>
      withShadow({ ...options, database }, async (shadow) => {
        for (const script of scripts) {
          for (const statement of script.statements) {
            if (shadow.skips(statement.text)) continue;
            await shadow.run(statement.text).catch((error: unknown) => {
              if (shadow.leaveOut(statement.text, error)) return;
              throw isServerError(error) ? migrationError(error, script, statement) : error;
            });
          }
        }
        return { schemas: [await shadow.readSchema({ exact: options.exact ?? false })], notes: [] };
      }),
  );
  const [schema] = schemas;
  if (schema === undefined) throw new Error("a run of SQL files has one schema");
  return fixedSource(displayPath(place), schema);
}
