import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { beginSql } from "../database/session-sql.ts";
import { SocratesError } from "../errors.ts";
import { createExtensions } from "../ledger/extensions.ts";
import type { MigrationFile, Script } from "../migrations/files.ts";
import { identifier, literal } from "../sql/quote.ts";
import { createdExtension, droppedExtensions, type Statement } from "../sql/statements.ts";
import type { ServerInfo } from "./preflight.ts";

interface ExtensionState {
  readonly name: string;
  /** Null if it is not installed. */
  readonly schema: string | null;
}

/** The state of some extensions on a server, without those that it does not know. */
function extensionStates(names: readonly string[]): string {
  const list = names.map(literal).join(", ");
  return `SELECT a.name, n.nspname::text AS schema FROM pg_available_extensions() a
LEFT JOIN pg_extension e ON e.extname = a.name LEFT JOIN pg_namespace n ON n.oid = e.extnamespace WHERE a.name IN (${list})
UNION SELECT e.extname, n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname IN (${list})`;
}

/** How to get an extension: on a server, its Debian package is the most common way. */
function packageHint({ target }: Session, extension: string, info: ServerInfo): string {
  if (target.kind === "embedded")
    return "The embedded engine does not have it: use a server, or stop before it with --phase or --to.";
  const major = Math.floor(info.version / 10_000);
  const name = extension === "vector" ? "pgvector" : extension;
  return `Install it on the server (on Debian and Ubuntu: apt install postgresql-${major}-${name}), or stop before it with --phase or --to.`;
}

/** SQLSTATEs of an extension that cannot be created: a missing privilege, or missing files on the server. */
const refusals = { privilege: "42501", missing: ["58P01", "0A000"] } as const;

/**
 * Tries to create an extension, in a transaction that is rolled back: managed services allow it by hooks, which no
 * catalog shows. Other failures, such as a schema that a migration creates first, are left to the run.
 * @throws SocratesError `privilege-missing`, `extension-missing`
 */
async function tryToCreate(session: Session, info: ServerInfo, name: string): Promise<void> {
  try {
    await session.run(`${beginSql} SET LOCAL lock_timeout = '5s'; CREATE EXTENSION ${identifier(name)}`);
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (error.code === refusals.privilege)
      throw new SocratesError(
        "privilege-missing",
        `${info.user} lacks the privilege to create the extension "${name}" in ${session.label}`,
        { hint: `As a superuser, run in that database: CREATE EXTENSION ${name}`, cause: error },
      );
    if (refusals.missing.some((code) => code === error.code)) throw notAvailable(session, info, name);
  } finally {
    await session.run("ROLLBACK");
    session.takeNotices();
  }
}

function notAvailable(session: Session, info: ServerInfo, name: string): SocratesError {
  return new SocratesError(
    "extension-missing",
    `the extension "${name}" is not available on ${session.label} (PostgreSQL ${info.versionText})`,
    { hint: packageHint(session, name, info) },
  );
}

/** Schemas in which a migration finds unqualified names. */
const searched = ["public", "pg_catalog"];

/** @throws SocratesError `extension-missing`: the types of an extension in another schema would not be found */
function checkPlace(session: Session, { words }: Statement, name: string, schema: string): void {
  if (words.includes("SCHEMA") || searched.includes(schema)) return;
  throw new SocratesError(
    "extension-missing",
    `the extension "${name}" of ${session.label} is in the schema "${schema}", which is not in the search path of migrations`,
    {
      hint: `As its owner, run: ALTER EXTENSION ${identifier(name)} SET SCHEMA public. Or create it in a migration with SCHEMA ${identifier(schema)}, and write that schema before its names.`,
    },
  );
}

/**
 * Refuses a plan, before its first migration runs, if an extension is missing, in a schema that migrations do not
 * search, or cannot be created by the role.
 * @throws SocratesError `extension-missing`, `privilege-missing`
 */
export async function checkExtensions(
  session: Session,
  info: ServerInfo,
  scripts: readonly Script[],
): Promise<void> {
  const needed = new Map<string, Statement>();
  for (const statement of scripts.flatMap(({ statements }) => statements)) {
    const name = createdExtension(statement);
    if (name !== undefined && !needed.has(name)) needed.set(name, statement);
  }
  if (needed.size === 0) return;
  const rows = await session.read<ExtensionState>(extensionStates([...needed.keys()]));
  const states = new Map(rows.map((state) => [state.name, state]));
  for (const [name, statement] of needed) {
    const state = states.get(name);
    if (state === undefined) throw notAvailable(session, info, name);
    if (state.schema !== null) checkPlace(session, statement, name, state.schema);
    else if (!info.superuser) await tryToCreate(session, info, name);
  }
}

/** The query about a migration before it creates extensions. */
type Numbered = Pick<MigrationFile, "number">;

function namesIn(script: Script, of: (statement: Statement) => readonly string[]): string[] {
  return [...new Set(script.statements.flatMap(of))];
}

/**
 * SQL that records, before a migration runs, which of its extensions already exist; empty if it names none. Ledgers
 * of older versions get the table if the role may create it.
 */
export function recordExtensionsSql({ number }: Numbered, script: Script): string {
  const names = namesIn(script, (statement) =>
    [createdExtension(statement)].filter((name) => name !== undefined),
  );
  if (names.length === 0) return "";
  const values = names.map((name) => `(${literal(name)})`).join(", ");
  const record = `DELETE FROM socrates_db.extensions WHERE number = ${number};
INSERT INTO socrates_db.extensions SELECT ${number}, name, NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = name) FROM (VALUES ${values}) needed (name);`;
  const make = createExtensions.replaceAll("\n", " ");
  return `DO $$ BEGIN IF pg_catalog.to_regclass('socrates_db.extensions') IS NULL THEN ${make} END IF; END $$; ${record.replaceAll("\n", " ")}`;
}

/** A script without DROP EXTENSION for extensions that existed before its migration, and their names. */
export interface RetainedScript {
  readonly script: Script;
  readonly names: readonly string[];
}

/**
 * Removes statements from a down file that would drop an extension which its migration did not create, as other
 * objects may need it. For extensions of an older version nothing is recorded; they are dropped as the file says.
 */
export async function retainExtensions(
  session: Session,
  { number }: Numbered,
  script: Script,
): Promise<RetainedScript> {
  const dropped = namesIn(script, droppedExtensions);
  if (dropped.length === 0) return { script, names: [] };
  const [ledger] = await session.read<{ found: boolean }>(
    "SELECT to_regclass('socrates_db.extensions') IS NOT NULL AS found",
  );
  if (ledger?.found !== true) return { script, names: [] };
  const rows = await session.read<{ name: string }>(
    `SELECT name FROM socrates_db.extensions WHERE number = ${number} AND NOT created ORDER BY name`,
  );
  const names = rows.map(({ name }) => name).filter((name) => dropped.includes(name));
  const isRetained = (statement: Statement) => {
    const own = droppedExtensions(statement);
    return own.length > 0 && own.every((name) => names.includes(name));
  };
  const statements = script.statements.filter((statement) => !isRetained(statement));
  return { script: { ...script, statements }, names };
}
