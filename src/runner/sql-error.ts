import type { ServerError } from "../database/server-error.ts";
import { type ErrorCode, SocratesError, type SqlDetail } from "../errors.ts";
import type { Script } from "../migrations/files.ts";
import { offsetWithin } from "../sql/error-position.ts";
import { secretsOfSql, withoutSecrets } from "../sql/secrets.ts";
import { displayPath, locate } from "../sql/source-file.ts";
import type { Statement } from "../sql/statements.ts";
import { failedStatement } from "./script-sql.ts";

/**
 * Hints by SQLSTATE (manual, appendix A). The first entry applies whose state is a prefix and whose routines include
 * the error's. Messages are translated (`lc_messages`), so none is compared.
 */
const hints: readonly {
  readonly state: string;
  /** The functions of PostgreSQL's source that report the error, if the state alone is too general. */
  readonly routines?: readonly string[];
  readonly code: ErrorCode;
  readonly hint: string;
}[] = [
  {
    state: "55P03",
    code: "lock-timeout",
    hint: "Another session holds a lock on this object: run the command at a quieter time, or raise --lock-timeout or --retries.",
  },
  {
    state: "40P01",
    code: "lock-timeout",
    hint: "Another session took the same locks in another order: run the command again.",
  },
  {
    state: "57014",
    code: "migration-failed",
    hint: "The statement timed out: raise --statement-timeout, or set it to 0 for no limit.",
  },
  {
    state: "42501",
    code: "privilege-missing",
    hint: "Run it as the role that owns the object, or grant the missing privilege.",
  },
  {
    state: "42P07",
    code: "migration-failed",
    hint: "The object already exists, created by hand or by another tool: rename or drop it, then run the command again.",
  },
  {
    state: "42710",
    code: "migration-failed",
    hint: "The object already exists, created by hand or by another tool: rename or drop it, then run the command again.",
  },
  {
    state: "2D",
    code: "migration-failed",
    hint: "Remove transaction control from the file: the runner alone begins and commits.",
  },
  {
    state: "0A000",
    routines: ["exec_stmt_dynexecute"],
    code: "migration-failed",
    hint: "Remove transaction control from the file: the runner alone begins and commits. Rows for COPY cannot be in it either.",
  },
  {
    state: "25001",
    routines: ["PreventInTransactionBlock"],
    code: "migration-failed",
    hint: "The statement cannot run inside a transaction: move it to a separate file with the directive no-transaction.",
  },
  {
    state: "25001",
    code: "migration-failed",
    hint: "The transaction has begun already: remove the statement that sets its mode.",
  },
  {
    state: "0A000",
    routines: ["RememberAllDependentForRebuilding", "ATExecAlterColumnType"],
    code: "migration-failed",
    hint: "Drop the views and rules that use the column first, and create them again after the change.",
  },
  {
    state: "0A000",
    routines: ["RangeVarGetRelidExtended", "DeconstructQualifiedName", "parserOpenTable"],
    code: "migration-failed",
    hint: "A statement reaches one database only: leave out the name of the database, or move the statement to that database's chain.",
  },
  {
    state: "0A000",
    routines: ["parse_extension_control_file", "read_extension_control_file"],
    code: "extension-missing",
    hint: "Install the extension's files on the server, then run the command again.",
  },
  {
    state: "0A000",
    code: "migration-failed",
    hint: "This server does not support the statement as it is written: change it, then run the command again.",
  },
  {
    state: "53100",
    code: "migration-failed",
    hint: "The server's disk is full: free some space, then run the command again.",
  },
  {
    state: "",
    code: "migration-failed",
    hint: "The migration was rolled back. Fix the file, then run the command again.",
  },
];

/**
 * PostgreSQL's context of calls inside a statement, without our DO block and the line that quotes the statement, in
 * any language.
 */
function contextOf(
  error: ServerError,
  statement: Statement | undefined,
  wrapped: boolean,
): string | undefined {
  const { where = "" } = error;
  if (!wrapped) return where.trim() || undefined;
  const quoted = statement === undefined ? -1 : where.lastIndexOf(statement.text);
  return where.slice(0, where.lastIndexOf("\n", quoted) + 1).trim() || undefined;
}

function sqlDetail(
  error: ServerError,
  context: string | undefined,
  shown: (text: string) => string,
): SqlDetail {
  return {
    sqlState: error.code,
    ...(error.detail === undefined ? {} : { detail: shown(error.detail) }),
    ...(error.hint === undefined ? {} : { hint: shown(error.hint) }),
    ...(context === undefined ? {} : { context: shown(context) }),
  };
}

/**
 * The typed error of a script's failure in the server, with its place in the file.
 * @param sent the statement if it was sent as it is; by default, the script was sent by `statementsSql`
 */
export function migrationError(error: ServerError, script: Script, sent?: Statement): SocratesError {
  const entry = hints.find(
    ({ state, routines }) =>
      error.code.startsWith(state) && (routines === undefined || routines.includes(error.routine)),
  );
  const statement = sent ?? failedStatement(error, script);
  const context = contextOf(error, statement, sent === undefined);
  const secrets = secretsOfSql(statement?.text ?? script.source.text);
  const shown = (text: string) => withoutSecrets(text, secrets);
  const place =
    statement === undefined
      ? undefined
      : locate(script.source, statement.offset + offsetWithin(error, statement, context));
  const where =
    place === undefined
      ? displayPath(script.source.path)
      : `${place.location.file}:${place.location.line}:${place.location.column}`;
  return new SocratesError(
    entry?.code ?? "migration-failed",
    `${where}: ${shown(error.message)} (${error.code})`,
    {
      hint: entry?.hint ?? "",
      cause: error,
      sql: sqlDetail(error, context, shown),
      ...place,
    },
  );
}
