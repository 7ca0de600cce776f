import { isServerError } from "../../database/server-error.ts";
import { SocratesError } from "../../errors.ts";
import { type DatabaseInput, isAbsent, type OpenDatabase, withDatabases } from "../../project/open.ts";
import type { Workspace } from "../../project/workspace.ts";
import { identifier } from "../../sql/quote.ts";
import { readText } from "./reading.ts";
import type { Application, ApplicationStatement, Unread } from "./statement.ts";

const install =
  "Add pg_stat_statements to shared_preload_libraries, restart the server, and run CREATE EXTENSION pg_stat_statements in that database. Or give a folder of SQL files: --statements DIR.";

function unavailable(label: string, reason: string, cause?: unknown): SocratesError {
  return new SocratesError("extension-missing", `${label} records no statements: ${reason}`, {
    hint: install,
    cause,
  });
}

const grant = (user: string) => `As a superuser, run: GRANT pg_read_all_stats TO ${identifier(user)}`;

/** SQLSTATEs of a view that cannot be read: a missing privilege, or a library that was not loaded at the start. */
const refusals = { privilege: "42501", notLoaded: "55000" } as const;

/** The texts that the database has recorded; null for those of other users (manual, section F.32). */
async function textsOf({ session, info }: OpenDatabase): Promise<readonly (string | null)[]> {
  const [extension] = await session.read<{ schema: string }>(
    "SELECT n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'",
  );
  if (extension === undefined)
    throw unavailable(session.label, "the extension pg_stat_statements is not installed");
  try {
    const rows = await session.read<{ query: string | null }>(
      `SELECT DISTINCT NULLIF(query, '<insufficient privilege>') COLLATE "C" AS query
FROM ${identifier(extension.schema)}.pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
WHERE d.datname = pg_catalog.current_database() ORDER BY query`,
    );
    return rows.map(({ query }) => query);
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (error.code === refusals.notLoaded) throw unavailable(session.label, error.message, error);
    if (error.code !== refusals.privilege) throw error;
    throw new SocratesError(
      "privilege-missing",
      `${info.user} lacks the privilege to read pg_stat_statements of ${session.label}`,
      { hint: grant(info.user), cause: error },
    );
  }
}

/** This program's own queries, which the application does not send. */
const own = /\bsocrates_db\.|\bpg_stat_statements\b/;

/** Those of its session: transactions, settings and system catalogs. */
const ofCatalogs = /\bpg_|^(?:BEGIN|COMMIT|ROLLBACK|SET|SHOW|SELECT \$1)\b/i;

async function readOne(database: OpenDatabase): Promise<Omit<Application, "origin">> {
  const { key, session, info } = database;
  const texts = await textsOf(database);
  const shown = texts.flatMap((text) => text ?? []);
  const hidden = texts.length > shown.length;
  const kept = shown.filter((text) => !own.test(text));
  if (hidden && kept.every((text) => ofCatalogs.test(text)))
    throw new SocratesError(
      "privilege-missing",
      `${info.user} cannot see the statements of other users in pg_stat_statements of ${session.label}`,
      { hint: grant(info.user) },
    );
  const read = kept.map((text) => readText(text));
  const unread = read.flatMap(({ open }): Unread[] =>
    open === undefined ? [] : [{ reason: open.reason, hint: "The recorded text is incomplete." }],
  );
  const others: Unread = {
    reason: `${session.label} hides the statements of other users`,
    hint: grant(info.user),
  };
  return {
    statements: read.flatMap(({ statements }) =>
      statements.map(
        ({ offset, ...statement }): ApplicationStatement => ({ ...statement, databases: [key] }),
      ),
    ),
    commands: read.flatMap(({ commands }) => commands),
    unread: hidden ? [...unread, others] : unread,
    leftOut: shown.length - kept.length,
  };
}

function checkPresent(input: DatabaseInput): void {
  if (isAbsent(input)) throw unavailable(input.key, "the embedded database was never created");
}

/**
 * Reads the statements that the targets have recorded in `pg_stat_statements`, each target's own, as far as its user can
 * see them.
 * @throws SocratesError `extension-missing` and `privilege-missing`, and connection errors
 */
export async function readLive(
  { project: { databases } }: Workspace,
  signal: AbortSignal | undefined,
): Promise<Application> {
  databases.forEach(checkPresent);
  const all = await withDatabases(
    databases,
    "rehearse",
    async (open) => Promise.all(open.map(readOne)),
    signal,
  );
  return {
    origin: "pg_stat_statements",
    statements: all.flatMap(({ statements }) => statements),
    commands: all.flatMap(({ commands }) => commands),
    unread: all.flatMap(({ unread }) => unread),
    leftOut: all.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
}
