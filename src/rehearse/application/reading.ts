import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { SocratesError } from "../../errors.ts";
import type { Workspace } from "../../project/workspace.ts";
import { displayPath, placesOf, readSource } from "../../sql/source-file.ts";
import { type Statement, splitStatements } from "../../sql/statements.ts";
import { UnterminatedError } from "../../sql/tokens.ts";
import { numbered } from "./placeholders.ts";
import { sqlOnly } from "./psql-text.ts";
import type { Application, ApplicationStatement, Unread } from "./statement.ts";

/** First words of the statements that have no plan (manual, "SQL Commands" and "EXPLAIN"). */
const commandWords: ReadonlySet<string> = new Set(
  [
    "ABORT ALTER ANALYZE BEGIN CALL CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY CREATE DEALLOCATE DISCARD DO DROP END",
    "EXECUTE EXPLAIN FETCH GRANT IMPORT LISTEN LOAD LOCK MOVE NOTIFY PREPARE REASSIGN REFRESH REINDEX RELEASE RESET REVOKE",
    "ROLLBACK SAVEPOINT SECURITY SET SHOW START TRUNCATE UNLISTEN VACUUM",
  ].flatMap((line) => line.split(" ")),
);

/** What a text contains. */
export interface ReadText {
  readonly statements: readonly (Pick<ApplicationStatement, "text" | "sql" | "hasQuestionMark"> & {
    readonly offset: number;
  })[];
  readonly commands: readonly string[];
  /** A statement that never ends. */
  readonly open?: { readonly offset: number; readonly reason: string };
}

/** The name of a statement without a plan: `SET`, `CREATE TABLE`. */
function commandOf({ words }: Statement): string {
  const [first = "", second = ""] = words;
  return ["ALTER", "CREATE", "DROP"].includes(first) ? `${first} ${second}` : first;
}

function split(sql: string): { readonly statements: Statement[]; readonly open?: ReadText["open"] } {
  try {
    return { statements: splitStatements(sql) };
  } catch (error) {
    if (!(error instanceof UnterminatedError)) throw error;
    const statements = splitStatements(sql.slice(0, error.offset));
    const last = statements.at(-1);
    const isOpen =
      last !== undefined && !sql.slice(last.offset + last.text.length, error.offset).includes(";");
    if (isOpen) statements.pop();
    return { statements, open: { offset: isOpen ? last.offset : error.offset, reason: error.message } };
  }
}

/** The statements of an SQL text, with numbered parameters. */
export function readText(text: string): ReadText {
  const { sql, commands } = sqlOnly(text);
  const { statements, open } = split(sql);
  const isCommand = ({ words: [first = ""] }: Statement) => commandWords.has(first);
  return {
    statements: statements
      .filter((one) => !isCommand(one))
      .map(({ text: own, offset }) => ({ text: own, offset, ...numbered(own) })),
    commands: [...commands, ...statements.filter(isCommand).map(commandOf)],
    ...(open && { open }),
  };
}

/** The SQL files of a folder and the folders in it, sorted. @throws SocratesError `folder-missing`, `usage` */
function filesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch (cause) {
    throw new SocratesError("folder-missing", `the folder ${displayPath(folder)} cannot be read`, {
      hint: "--statements takes a folder of .sql files, or live for pg_stat_statements of the target.",
      cause,
    });
  }
  const files = names
    .filter((one) => /\.sql$/i.test(one))
    .map((one) => path.join(folder, one))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isDirectory() !== true);
  if (files.length === 0)
    throw new SocratesError("usage", `the folder ${displayPath(folder)} has no .sql file`, {
      hint: "Name the folder that has the statements of the application.",
    });
  return files.sort();
}

const correctIt = "Correct the file: its statements are not checked.";

/** The statements of one file. */
function readFile(
  file: string,
  databases: readonly string[] | undefined,
): Pick<Application, "statements" | "commands" | "unread"> {
  const unread = (offset: number, text: string, reason: string): Unread => ({
    location: { file: displayPath(file), ...placesOf(text)(offset) },
    reason,
    hint: correctIt,
  });
  try {
    const { text } = readSource(file);
    const { statements, commands, open } = readText(text);
    const placeOf = placesOf(text);
    return {
      statements: statements.map(({ offset, ...statement }) => ({
        ...statement,
        location: { file: displayPath(file), ...placeOf(offset) },
        ...(databases && { databases }),
      })),
      commands,
      unread: open === undefined ? [] : [unread(open.offset, text, open.reason)],
    };
  } catch (error) {
    if (!(error instanceof SocratesError)) throw error;
    return { statements: [], commands: [], unread: [unread(0, "", error.message)] };
  }
}

/**
 * Reads the statements of an application from the SQL files of a folder. A subfolder with the name of a database decides
 * on the database of its files.
 * @throws SocratesError `folder-missing` for a folder that cannot be read, `usage` for one without an SQL file
 */
export function readFolder(name: string, { cwd, project }: Workspace): Application {
  const folder = path.resolve(cwd, name);
  const keys = new Set(project.chains.map(({ database }) => database));
  const selected = new Set(project.databases.map(({ key }) => key));
  const files = filesIn(folder).map((file) => {
    const parts = path.relative(folder, path.dirname(file)).split(path.sep);
    const key = parts.find((part) => keys.has(part));
    return { key, ...readFile(file, key === undefined ? undefined : [key]) };
  });
  const own = files.filter(({ key }) => key === undefined || selected.has(key));
  return {
    origin: displayPath(folder),
    statements: own.flatMap(({ statements }) => statements),
    commands: own.flatMap(({ commands }) => commands),
    unread: own.flatMap(({ unread }) => unread),
    leftOut: files.filter((file) => !own.includes(file)).flatMap(({ statements }) => statements).length,
  };
}
