import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ChainFiles, MigrationFile, Script } from "../migrations/files.ts";
import { needsPublic } from "../sql/needs-public.ts";
import { identifier } from "../sql/quote.ts";
import { createdTable, type Statement } from "../sql/statements.ts";
import type { Pooling } from "./pooling.ts";

/** The server's properties and our privileges, read before any change. */
export interface ServerInfo {
  readonly backendPid: number;
  readonly pooling: Pooling;
  /** As `server_version_num`: 150018 is 15.18. */
  readonly version: number;
  readonly versionText: string;
  readonly database: string;
  readonly user: string;
  readonly superuser: boolean;
  /** Oid of the database and start time of the server: together they identify a database under two URLs. */
  readonly identity: string;
  readonly standby: boolean;
  readonly readOnly: boolean;
  /** The session's initial setting, from the connection string, the role, the database or the server. */
  readonly searchPath: string;
  readonly mayCreateSchema: boolean;
  /** Whether its schema can be created, or exists and can be filled; false if the ledger exists. */
  readonly mayMakeLedger: boolean;
  /** Null if the schema `public` is missing. */
  readonly mayCreateInPublic: boolean | null;
  /** Whether a setting of the role, the database or the server ends idle sessions or long transactions. */
  readonly endsSessions: boolean;
  readonly hasLedger: boolean;
  readonly mayWriteLedger: boolean | null;
}

/** PostgreSQL 13 is the oldest tested version: it has `gen_random_uuid()` and trusted extensions. */
const oldestVersion = 130000;

/** Without joins: planning them takes a new backend longer than everything else. */
const serverInfoQuery = `SELECT pg_backend_pid() AS "backendPid", current_setting('server_version_num')::int AS version,
  current_setting('server_version') AS "versionText", current_database() AS database, session_user AS user,
  current_setting('is_superuser') = 'on' AS superuser,
  (SELECT oid::text FROM pg_database WHERE datname = current_database()) || '@' || extract(epoch FROM pg_postmaster_start_time()) AS identity,
  pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') = 'on' AS "readOnly",
  (SELECT reset_val FROM pg_settings WHERE name = 'search_path') AS "searchPath",
  has_database_privilege(current_database(), 'CREATE') AS "mayCreateSchema",
  (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = 'public') AS "mayCreateInPublic",
  concat(current_setting('idle_session_timeout', true), current_setting('transaction_timeout', true)) ~ '[1-9]' AS "endsSessions",
  coalesce(has_schema_privilege(schema, 'CREATE') AND has_schema_privilege(schema, 'USAGE'), has_database_privilege(current_database(), 'CREATE')) AS "mayMakeLedger",
  migrations IS NOT NULL AS "hasLedger",
  has_schema_privilege(schema, 'USAGE') AND has_table_privilege(migrations, 'SELECT') AND has_table_privilege(migrations, 'INSERT')
    AND has_table_privilege(migrations, 'DELETE')
    AND (has_table_privilege(history, 'SELECT') AND has_table_privilege(history, 'INSERT')) IS NOT FALSE AS "mayWriteLedger"
FROM (SELECT schema, (SELECT oid FROM pg_class WHERE relnamespace = schema AND relname = 'migrations') AS migrations,
    (SELECT oid FROM pg_class WHERE relnamespace = schema AND relname = 'history') AS history
  FROM (SELECT (SELECT oid FROM pg_namespace WHERE nspname = 'socrates_db') AS schema OFFSET 0) s OFFSET 0) ledger`;

/** Reads a server's properties; the session's first query, so it throws connection errors. */
export async function readServerInfo(session: Session): Promise<Omit<ServerInfo, "pooling">> {
  const [info] = await session.read<Omit<ServerInfo, "pooling">>(serverInfoQuery);
  if (info === undefined) throw new Error("the server answered a query of one row with none");
  return info;
}

/** Whether a pooler may serve each transaction by a different backend. */
export function isPooled({ target }: Session, { pooling }: ServerInfo): boolean {
  return target.kind === "server" && pooling === "transaction";
}

/**
 * Refuses scripts outside a transaction on a database where no lock can be held between two statements.
 * @throws SocratesError `pooler-unsupported`
 */
export function refusePooled(
  { key, session, info }: { key: string; session: Session; info: ServerInfo },
  scripts: ReadonlyMap<MigrationFile, Script>,
): void {
  if (!isPooled(session, info)) return;
  const [lone] = [...scripts].find(([file, script]) => file.database === key && script.noTransaction) ?? [];
  if (lone === undefined) return;
  throw new SocratesError(
    "pooler-unsupported",
    `${lone.id} runs outside a transaction, but ${session.label} is reached through a connection pooler`,
    {
      hint: "Use the direct URL of the server: behind a pooler, a lock cannot be held between two statements.",
    },
  );
}

/** @throws SocratesError `server-too-old` */
export function checkVersion(session: Session, info: ServerInfo): void {
  if (info.version < oldestVersion)
    throw new SocratesError("server-too-old", `${session.label} runs PostgreSQL ${info.versionText}`, {
      hint: "PostgreSQL 13 or newer is needed: upgrade the server.",
    });
}

/** Refuses two sessions on the same database. @throws SocratesError `same-database` */
export function checkDistinct(parts: readonly { session: Session; info: ServerInfo }[]): void {
  const seen = new Map<string, Session>();
  for (const { session, info } of parts) {
    if (session.target.kind === "embedded") continue;
    const other = seen.get(info.identity);
    if (other !== undefined)
      throw new SocratesError(
        "same-database",
        `${other.key} and ${session.key} lead to the same database, ${session.label}`,
        {
          hint: "Give each its own database: their chains cannot share one.",
        },
      );
    seen.set(info.identity, session);
  }
}

/**
 * Refuses a database that cannot be written.
 * @param scripts the scripts to run: only those that create objects in `public` need a privilege there
 * @throws SocratesError `read-only`, `privilege-missing`
 */
export function checkWritable(session: Session, info: ServerInfo, scripts: readonly Script[] = []): void {
  if (info.standby)
    throw new SocratesError("read-only", `${session.label} is a standby in recovery and cannot be changed`, {
      hint: "Use the URL of the primary server.",
    });
  if (info.readOnly)
    throw new SocratesError(
      "read-only",
      `${session.label} is read-only for ${info.user}: default_transaction_read_only is on`,
      {
        hint: `Connect as another role, or run: ALTER ROLE ${identifier(info.user)} RESET default_transaction_read_only`,
      },
    );
  const missing = (what: string, grant: string) =>
    new SocratesError(
      "privilege-missing",
      `${info.user} lacks the privilege to ${what} in ${session.label}`,
      {
        hint: `As the owner, run in that database: ${grant} TO ${identifier(info.user)}`,
      },
    );
  const inPublic = scripts.some(({ statements }) => needsPublic(statements));
  if (inPublic && info.mayCreateInPublic === null)
    throw new SocratesError("privilege-missing", `${session.label} has no schema "public"`, {
      hint: "As the owner, run: CREATE SCHEMA public",
    });
  if (inPublic && !info.mayCreateInPublic)
    throw missing("create tables in schema public", "GRANT CREATE ON SCHEMA public");
  const makesSchema = ({ words }: Statement) => words[0] === "CREATE" && words[1] === "SCHEMA";
  if (!info.mayCreateSchema && scripts.some(({ statements }) => statements.some(makesSchema)))
    throw missing("create schemas", `GRANT CREATE ON DATABASE ${identifier(info.database)}`);
  if (!info.hasLedger && !info.mayMakeLedger)
    throw missing(
      "create the ledger in the schema socrates_db",
      `CREATE SCHEMA IF NOT EXISTS socrates_db; GRANT CREATE, USAGE ON SCHEMA socrates_db`,
    );
  if (info.hasLedger && info.mayWriteLedger !== true)
    throw missing(
      "write the ledger",
      `GRANT USAGE ON SCHEMA socrates_db TO ${identifier(info.user)}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA socrates_db`,
    );
}

/** The schemas in a session's search path other than the default ones; migrations start with `public` alone. */
export function unusedSearchPath({ searchPath }: ServerInfo): string | undefined {
  const usual = new Set(["", '""', '"$user"', "$user", "public", "pg_catalog", "pg_temp"]);
  return searchPath.split(",").every((schema) => usual.has(schema.trim())) ? undefined : searchPath;
}

/** Refuses a database with another chain. @throws SocratesError `wrong-chain` */
export function checkChainIdentity(session: Session, ledger: Ledger): void {
  if (ledger.chain !== undefined && ledger.chain !== session.key)
    throw new SocratesError(
      "wrong-chain",
      `${session.label} holds the ${ledger.chain} chain, not the ${session.key} chain`,
      {
        hint: "Check the connection strings: this one leads to a database of another chain.",
      },
    );
}

/**
 * The tables of a database without a ledger. Another runner creates the ledger before its first table, so one
 * statement on one snapshot distinguishes its tables from those that existed before.
 */
const publicTables = `SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  AND NOT EXISTS (SELECT FROM pg_class l JOIN pg_namespace s ON s.oid = l.relnamespace WHERE s.nspname = 'socrates_db' AND l.relname = 'migrations')
ORDER BY relname COLLATE "C"`;

function tablesOf(statements: readonly Statement[]): string[] {
  return statements.map(createdTable).filter((name) => name !== undefined);
}

function listed(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}

/** The refusal of a database that holds tables of another chain. */
export function wrongChain(session: Session, chain: string, tables: readonly string[]): SocratesError {
  return new SocratesError(
    "wrong-chain",
    `${session.label} should be ${session.key}, but holds tables of ${chain}: ${listed(tables)}`,
    { hint: "Check the connection strings, which may be swapped, or move the tables away." },
  );
}

/**
 * Refuses a database without a ledger that already has tables of a chain: they were created by hand, by another tool,
 * or belong to another database of the project.
 * @throws SocratesError `wrong-chain`, `database-occupied`
 */
export async function checkUnoccupied(
  session: Session,
  chains: readonly ChainFiles[],
  statementsOf: (chain: ChainFiles) => readonly Statement[],
): Promise<void> {
  const present = new Set((await session.read<{ name: string }>(publicTables)).map(({ name }) => name));
  if (present.size === 0) return;
  for (const chain of chains) {
    const found = tablesOf(statementsOf(chain)).filter((name) => present.has(name));
    if (found.length === 0) continue;
    if (chain.database === session.key)
      throw new SocratesError(
        "database-occupied",
        `${session.label} has no ledger, but already holds tables of its chain: ${listed(found)}`,
        {
          hint: "If they match the migrations, record them with: socrates-db adopt. Otherwise start with an empty database.",
        },
      );
    throw wrongChain(session, chain.database, found);
  }
}
