import postgres from "postgres";
import { type ErrorCode, SocratesError, type SqlDetail } from "../errors.ts";
import type { Script } from "./files.ts";
import { displayPath, locate } from "./source-file.ts";

/** PostgreSQL's error, with the two fields that postgres.js passes on without declaring them. */
type ServerError = postgres.PostgresError & { internal_position?: string; internal_query?: string };

export function isServerError(error: unknown): error is ServerError {
  return error instanceof postgres.PostgresError;
}

/** What to do about an error, by SQLSTATE (manual, appendix A). The first entry whose state is a prefix applies. */
const hints: readonly { readonly state: string; readonly code: ErrorCode; readonly hint: string }[] = [
  {
    state: "55P03",
    code: "lock-timeout",
    hint: "Another session holds a lock on this object: run the command at a quieter time, or raise --lock-timeout or --retries.",
  },
  {
    state: "40P01",
    code: "lock-timeout",
    hint: "Another session wanted the same locks in another order: run the command again.",
  },
  {
    state: "57014",
    code: "migration-failed",
    hint: "It ran into the statement timeout: raise --statement-timeout, or 0 for none.",
  },
  {
    state: "42501",
    code: "privilege-missing",
    hint: "Run it as the role that owns the object, or grant what is missing.",
  },
  {
    state: "42P07",
    code: "migration-failed",
    hint: "The object exists already: drop it, or bring the database under the ledger with: socrates-db adopt",
  },
  {
    state: "42710",
    code: "migration-failed",
    hint: "The object exists already: drop it, or bring the database under the ledger with: socrates-db adopt",
  },
  {
    state: "2D",
    code: "migration-failed",
    hint: "Remove transaction control from the file: the runner alone begins and commits.",
  },
  {
    state: "0A000",
    code: "migration-failed",
    hint: "The statement cannot run inside a transaction: give it a file of its own with the directive no-transaction.",
  },
  {
    state: "25001",
    code: "migration-failed",
    hint: "The statement cannot run inside a transaction: give it a file of its own with the directive no-transaction.",
  },
  {
    state: "53100",
    code: "migration-failed",
    hint: "The server's disk is full: make room, then run the command again.",
  },
  {
    state: "",
    code: "migration-failed",
    hint: "Nothing of this migration was kept: mend the file and run the command again.",
  },
];

function utf16Offset(text: string, codePoints: number): number {
  return [...text].slice(0, codePoints).join("").length;
}

/** The UTF-16 offset in the file that an error speaks of: its position if it has one, else the start of its statement. */
function errorOffset(
  error: ServerError,
  script: Script,
  lines: readonly number[] | undefined,
): number | undefined {
  const executed = [...(error.where ?? "").matchAll(/inline_code_block\D+(\d+)/g)].at(-1)?.[1];
  const index = lines === undefined ? 0 : lines.findLastIndex((line) => line <= Number(executed));
  const statement = script.statements[index];
  if (statement === undefined) return undefined;
  const position =
    lines === undefined
      ? error.position
      : error.internal_query === statement.text
        ? error.internal_position
        : undefined;
  return statement.offset + (position === undefined ? 0 : utf16Offset(statement.text, Number(position) - 1));
}

function sqlDetail(error: ServerError): SqlDetail {
  return {
    sqlState: error.code,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

/**
 * The typed form of an error that a migration met in the server, pointing at its place in the file.
 * @param lines where each statement stands in the DO block; undefined where the one statement was sent as it is
 */
export function migrationError(
  error: ServerError,
  script: Script,
  lines: readonly number[] | undefined,
): SocratesError {
  const entry = hints.find(({ state }) => error.code.startsWith(state));
  const offset = errorOffset(error, script, lines);
  const place = offset === undefined ? undefined : locate(script.source, offset);
  const where =
    place === undefined
      ? displayPath(script.source.path)
      : `${place.location.file}:${place.location.line}:${place.location.column}`;
  return new SocratesError(entry?.code ?? "migration-failed", `${where}: ${error.message} (${error.code})`, {
    hint: entry?.hint ?? "",
    cause: error,
    sql: sqlDetail(error),
    ...place,
  });
}
