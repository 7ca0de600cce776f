import { type ErrorCode, SocratesError, type SqlDetail } from "../errors.ts";
import { identifier } from "../sql/quote.ts";
import { codeOf, explainFailure } from "./failure.ts";
import { describeTarget, oneLine, type ServerTarget } from "./target.ts";

interface Diagnosis {
  readonly code: ErrorCode;
  readonly hint: string;
}

const noPassword = "Put a password into the connection string, PGPASSWORD or ~/.pgpass: none was given.";
const retryLater = "Wait until the server accepts connections, then try again.";

/** What an error of PostgreSQL during the login means, by SQLSTATE (PostgreSQL manual, appendix A). */
const diagnoses: Readonly<Record<string, (message: string, target: ServerTarget) => Diagnosis>> = {
  "28P01": (_, target) => ({
    code: "authentication-failed",
    hint: target.password === undefined ? noPassword : `Check the password of ${target.user}.`,
  }),
  "28000": (message, target) => ({ code: "authentication-failed", hint: rejectionHint(message, target) }),
  "3D000": (_, target) => ({
    code: "database-missing",
    hint: `Create it: createdb ${shellWord(target.database)}`,
  }),
  "22023": (_, target) =>
    target.role === undefined
      ? otherError("22023")
      : {
          code: "authentication-failed",
          hint: `Create the role ${sqlName(target.role)}, or correct --role.`,
        },
  "42501": (_, target) => ({
    code: "authentication-failed",
    hint: `Grant the right: GRANT CONNECT ON DATABASE ${sqlName(target.database)} TO ${sqlName(target.user)};${
      target.role === undefined
        ? ""
        : ` for --role: GRANT ${sqlName(target.role)} TO ${sqlName(target.user)};`
    }`,
  }),
  "53300": () => ({
    code: "connection-failed",
    hint: "Close other connections, or raise max_connections or the limit of the role or database.",
  }),
  "57P01": () => ({ code: "connection-failed", hint: retryLater }),
  "57P02": () => ({ code: "connection-failed", hint: retryLater }),
  "57P03": () => ({ code: "connection-failed", hint: retryLater }),
};

/** Errors that postgres.js itself reports while it connects. */
const clientFailures: Readonly<Record<string, readonly [code: ErrorCode, reason: string, hint: string]>> = {
  CONNECTION_CLOSED: [
    "connection-failed",
    "the server closed the connection during the login",
    "Check that PostgreSQL listens on that port, and read the server's log.",
  ],
  CONNECTION_ENDED: ["connection-failed", "the connection was closed during the login", "Try again."],
  CONNECTION_DESTROYED: ["connection-failed", "the connection was closed during the login", "Try again."],
  CONNECT_TIMEOUT: [
    "connection-failed",
    "the server did not answer the login in time",
    "Check that PostgreSQL listens on that port, or raise connect_timeout.",
  ],
  AUTH_TYPE_NOT_IMPLEMENTED: [
    "authentication-failed",
    "the server requires an authentication method that is not supported",
    "Set scram-sha-256 for this user in pg_hba.conf.",
  ],
  CHANNEL_BINDING_UNUSED: [
    "authentication-failed",
    "channel_binding=require needs channel binding, which this connection does not support",
    "Connect with sslmode=require or stricter to a server that logs in with scram-sha-256, or leave channel_binding out.",
  ],
  SASL_SIGNATURE_MISMATCH: [
    "authentication-failed",
    "the server could not prove that it knows the password",
    "Check the host: another server may have answered in its place.",
  ],
};

/**
 * Turns an error of postgres.js, before a connection is ready, into the error that a user sees: server, user, the
 * server's message on one line, and what to do. Errors of `dial` pass through.
 */
export function connectionError(error: unknown, target: ServerTarget): SocratesError {
  if (error instanceof SocratesError) return error;
  const code = codeOf(error) ?? "";
  const message = oneLine(error instanceof Error ? error.message : String(error));
  const where = `cannot connect to ${describeTarget(target)}`;
  const sql = sqlDetail(error, code);
  if (sql !== undefined) {
    const diagnosis = diagnoses[code]?.(message, target) ?? otherError(code);
    return new SocratesError(diagnosis.code, `${where}: ${message}`, {
      hint: diagnosis.hint,
      cause: error,
      sql,
    });
  }
  const client = clientFailures[code];
  if (client !== undefined) {
    return new SocratesError(client[0], `${where}: ${client[1]}`, { hint: client[2], cause: error });
  }
  const failure = explainFailure(error);
  return new SocratesError(failure?.code ?? "connection-failed", `${where}: ${failure?.reason ?? message}`, {
    hint: failure?.hint ?? "Check the connection string and the server.",
    cause: error,
  });
}

/** The error of a login that the server has closed; postgres.js would dial again. */
export function cutOff(target: ServerTarget): SocratesError {
  return connectionError(Object.assign(new Error(), { code: "CONNECTION_CLOSED" }), target);
}

/**
 * The target of libpq's second attempt after the server has rejected a login: with TLS for `allow`, without it for
 * `prefer`. Undefined if there is none. Only a rejection such as that by `pg_hba.conf` (28000) leads to a second
 * attempt; libpq repeats any failed login, which sends a wrong password again. If the second attempt also fails,
 * report the error of the first.
 */
export function secondAttempt(target: ServerTarget, error: unknown): ServerTarget | undefined {
  const rejected = error instanceof SocratesError ? error.sql?.sqlState : codeOf(error);
  if (rejected !== "28000") return undefined;
  if (target.sslMode === "allow") return { ...target, sslMode: "require" };
  if (target.sslMode === "prefer") return { ...target, sslMode: "disable" };
  return undefined;
}

function rejectionHint(message: string, target: ServerTarget): string {
  if (message.includes("pg_hba.conf")) {
    return message.includes("no encryption")
      ? "Connect with sslmode=require, or add a line for this host, user and database to pg_hba.conf."
      : "Add a line for this host, user and database to pg_hba.conf, then reload the server.";
  }
  if (message.includes("does not exist")) return `Create the role: createuser ${shellWord(target.user)}`;
  if (message.includes("not permitted to log in")) {
    return `Allow the role to log in: ALTER ROLE ${sqlName(target.user)} LOGIN;`;
  }
  return "Check the user name and the lines of pg_hba.conf that match it.";
}

function otherError(sqlState: string): Diagnosis {
  const hint = sqlState.startsWith("28")
    ? "Check the user name, the password and pg_hba.conf."
    : "Read the server's log for the reason.";
  return { code: sqlState.startsWith("28") ? "authentication-failed" : "connection-failed", hint };
}

/** Defined for errors that the server reported: only these have a severity. */
function sqlDetail(error: unknown, code: string): SqlDetail | undefined {
  if (!(error instanceof Error) || !("severity" in error)) return undefined;
  const detail = "detail" in error && typeof error.detail === "string" ? error.detail : undefined;
  const hint = "hint" in error && typeof error.hint === "string" ? error.hint : undefined;
  return { sqlState: code, ...(detail !== undefined && { detail }), ...(hint !== undefined && { hint }) };
}

function sqlName(name: string): string {
  return identifier(oneLine(name));
}

function shellWord(name: string): string {
  return /^[\w.@%+:/-]+$/.test(name) ? name : `'${oneLine(name).replaceAll("'", "'\\''")}'`;
}
