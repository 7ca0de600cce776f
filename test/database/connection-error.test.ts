import { describe, expect, test } from "vitest";
import { connectionError, secondAttempt } from "../../src/database/connection-error.ts";
import { SocratesError } from "../../src/errors.ts";
import { targetOf } from "./fake-server.ts";

/** An error of the server as postgres.js throws it. */
const reported = (code: string, message: string, rest = {}) =>
  Object.assign(new Error(message), { name: "PostgresError", severity: "FATAL", code, ...rest });
const thrown = (code: string, message = code) => Object.assign(new Error(message), { code });

const cases: [string, unknown, string, string, string][] = [
  [
    "a wrong password",
    reported("28P01", 'password authentication failed for user "alice"'),
    "authentication-failed",
    'password authentication failed for user "alice"',
    "Check the password of alice.",
  ],
  [
    "a missing line of pg_hba.conf",
    reported("28000", 'no pg_hba.conf entry for host "::1", user "alice", database "app", SSL encryption'),
    "authentication-failed",
    'no pg_hba.conf entry for host "::1", user "alice", database "app", SSL encryption',
    "Add a line for this host, user and database to pg_hba.conf, then reload the server.",
  ],
  [
    "a server that wants TLS",
    reported("28000", 'no pg_hba.conf entry for host "::1", user "alice", database "app", no encryption'),
    "authentication-failed",
    'no pg_hba.conf entry for host "::1", user "alice", database "app", no encryption',
    "Connect with sslmode=require, or add a line for this host, user and database to pg_hba.conf.",
  ],
  [
    "a missing role",
    reported("28000", 'role "alice" does not exist'),
    "authentication-failed",
    'role "alice" does not exist',
    "Create the role: createuser alice",
  ],
  [
    "a role without LOGIN",
    reported("28000", 'role "alice" is not permitted to log in'),
    "authentication-failed",
    'role "alice" is not permitted to log in',
    'Allow the role to log in: ALTER ROLE "alice" LOGIN;',
  ],
  [
    "a missing database",
    reported("3D000", 'database "app" does not exist'),
    "database-missing",
    'database "app" does not exist',
    "Create it: createdb app",
  ],
  [
    "a missing right",
    reported("42501", 'permission denied for database "app"'),
    "authentication-failed",
    'permission denied for database "app"',
    'Grant the right: GRANT CONNECT ON DATABASE "app" TO "alice";',
  ],
  [
    "too many connections",
    reported("53300", "sorry, too many clients already"),
    "connection-failed",
    "sorry, too many clients already",
    "Close other connections, or raise max_connections or the limit of the role or database.",
  ],
  [
    "a server that starts up",
    reported("57P03", "the database system is starting up"),
    "connection-failed",
    "the database system is starting up",
    "Wait until the server accepts connections, then try again.",
  ],
  [
    "a protocol violation, in one line",
    reported("08P01", "invalid\n\tpacket"),
    "connection-failed",
    "invalid packet",
    "Read the server's log for the reason.",
  ],
  [
    "a connection closed at the start",
    thrown("CONNECTION_CLOSED", "write CONNECTION_CLOSED x:1"),
    "connection-failed",
    "the server closed the connection during the login",
    "Check that PostgreSQL listens on that port, and read the server's log.",
  ],
  [
    "a silent server",
    thrown("CONNECT_TIMEOUT"),
    "connection-failed",
    "the server did not answer the login in time",
    "Check that PostgreSQL listens on that port, or raise connect_timeout.",
  ],
  [
    "a server that does not know the password",
    thrown("SASL_SIGNATURE_MISMATCH"),
    "authentication-failed",
    "the server could not prove that it knows the password",
    "Check the host: another server may have answered in its place.",
  ],
  [
    "a way to log in that is not there",
    thrown("AUTH_TYPE_NOT_IMPLEMENTED"),
    "authentication-failed",
    "the server requires an authentication method that is not supported",
    "Set scram-sha-256 for this user in pg_hba.conf.",
  ],
  [
    "a reset",
    thrown("ECONNRESET"),
    "connection-failed",
    "the connection was reset",
    "Check that PostgreSQL listens on that port, and read the server's log.",
  ],
  [
    "an alert of TLS after the handshake",
    Object.assign(thrown("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"), {
      reason: "tlsv13 alert certificate required",
    }),
    "tls-failed",
    "the TLS handshake failed: tlsv13 alert certificate required",
    "Check the TLS settings and certificates of both sides.",
  ],
  [
    "anything else",
    new Error("odd\nthing"),
    "connection-failed",
    "odd thing",
    "Check the connection string and the server.",
  ],
];

describe("connectionError", () => {
  test.each(cases)("explains %s", (_, error, code, reason, hint) => {
    const explained = connectionError(error, targetOf(5432));
    expect(explained.code).toBe(code);
    expect(explained.message).toBe(`cannot connect to localhost:5432/app as alice: ${reason}`);
    expect(explained.hint).toBe(hint);
    expect(explained.cause).toBe(error);
  });

  test("reports a missing password", () => {
    const { password: _, ...target } = targetOf(5432);
    const error = reported("28P01", 'password authentication failed for user "alice"');
    expect(connectionError(error, target).hint).toContain("none was given");
  });

  test("quotes a database for the shell", () => {
    const error = reported("3D000", "missing");
    expect(connectionError(error, targetOf(1, { database: "it's a" })).hint).toBe(
      "Create it: createdb 'it'\\''s a'",
    );
  });

  test("keeps the fields of the server", () => {
    const error = reported("57P03", "m", { detail: "d", hint: "h" });
    expect(connectionError(error, targetOf(1)).sql).toEqual({ sqlState: "57P03", detail: "d", hint: "h" });
    expect(connectionError(thrown("ECONNRESET"), targetOf(1)).sql).toBe(undefined);
  });

  test("passes errors that are already explained", () => {
    const error = new SocratesError("tls-failed", "m", { hint: "h" });
    expect(connectionError(error, targetOf(1))).toBe(error);
  });
});

describe("secondAttempt", () => {
  const rejected = reported("28000", "no pg_hba.conf entry");

  test.each([
    ["allow", "require"],
    ["prefer", "disable"],
  ] as const)("of %s is %s", (sslMode, second) => {
    const target = targetOf(1, { sslMode });
    expect(secondAttempt(target, rejected)).toEqual({ ...target, sslMode: second });
    expect(secondAttempt(target, connectionError(rejected, target))?.sslMode).toBe(second);
    expect(secondAttempt(target, reported("28P01", "wrong password"))).toBe(undefined);
  });

  test.each(["disable", "require", "verify-ca", "verify-full"] as const)("is not made for %s", (sslMode) => {
    expect(secondAttempt(targetOf(1, { sslMode }), rejected)).toBe(undefined);
  });
});
