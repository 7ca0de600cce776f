/**
 * The faults that are injected, and what must hold then. A test belongs to a fault when its title, or that of a
 * `describe` around it, says so: `(fault 12)`, `(faults 12, 13)`.
 *
 * A: ledger and schema agree, and each ledger is a prefix of its chain. R: a plain second run reaches the head. N: the
 * catalogs are unchanged. X: a non-zero exit with one line of cause and one of hint, within a deadline, and nothing
 * uncaught. S: no password in any output. O: standard output is empty or valid. X, S and O hold for every failure, so
 * they are listed only if nothing else matters.
 */
export interface Fault {
  readonly number: number;
  readonly fault: string;
  readonly holds: string;
}

const rows: readonly (readonly [number, string, string])[] = [
  [1, "kill -9 of the tool at each of the 14 migrations: before the DDL, after it, and at COMMIT", "A, R"],
  [
    2,
    "SIGINT, SIGTERM in a statement, and while connecting; twice",
    "cancelled, A, R; the second ends at once",
  ],
  [3, "SIGSTOP, a rival runs, SIGCONT", "each migration once"],
  [4, "`pg_terminate_backend` in a transaction, and between migrations", "A, R; no COMMIT after a lost lock"],
  [5, "an immediate shutdown of the server in the middle, and its restart", "A, R"],
  [6, "the reply to COMMIT is lost: reset, closed, silence", "the true state is reported"],
  [
    7,
    "a server that closes at startup; accepts and sends nothing; goes silent in a query",
    "X, under ten attempts",
  ],
  [8, "a network that forwards one byte at a time, with delays", "success"],
  [9, "8 and 20 concurrent runners on fresh databases", "each migration once, every exit 0"],
  [10, "the advisory lock held elsewhere", "X names the pid and the application; N"],
  [11, "many runners while a migration builds an index CONCURRENTLY", "no deadlock"],
  [12, "a table locked for a while; forever", "retried to success; X, N"],
  [13, "a reader while a migration waits for a lock", "it waits no longer than the lock timeout"],
  [14, "role defaults: timeouts, read-only", "A, R; read-only: X, N on both"],
  [15, "a streaming standby as the target", "X, N"],
  [16, "PgBouncer in transaction mode", "correct, or refused with a hint"],
  [
    17,
    "one server down and the other up; a migration of one database fails",
    "X, N on both; the other complete to the barrier, R",
  ],
  [
    18,
    "no pgvector on the server; no privilege to create it; installed beforehand",
    "X, N with a hint before anything ran; success",
  ],
  [19, "no CREATE on the schema, no privilege on the ledger", "X, N"],
  [20, "a file with COMMIT, END, ROLLBACK, BEGIN, SAVEPOINT, `\\copy`", "X, N"],
  [21, "an applied file edited, deleted, renamed, duplicated; one inserted before the head", "X, N, named"],
  [22, "the same files with CRLF and a byte order mark", "the same checksum"],
  [23, "a file in UTF-16, with invalid UTF-8, with NUL", "X, N, the offset of the byte"],
  [24, "ledger rows deleted, forged, reordered", "X, N"],
  [25, "the clock ten years back", "order unchanged"],
  [
    26,
    "identifiers of 64 bytes and of several scripts; names with quotes, `../`, `;`, NUL",
    "quoted or X; N",
  ],
  [27, "a hostile `search_path` with `evil.now()`", "no effect"],
  [28, "passwords with `@/#%:?`, IPv6, a unix socket, a database name with a space", "connects, S"],
  [
    29,
    "a malformed URL, a wrong password, debugging on",
    "X, S; also in the process list and `pg_stat_activity`",
  ],
  [
    30,
    "TLS: none, self-signed, wrong host, expired, in every sslmode",
    "verify-full refuses, the others work as in libpq",
  ],
  [31, "a password file with group access; one with escaped colons", "ignored with a warning; read"],
  [32, "a reader that closes the pipe (`| head -1`); a full disk (`> /dev/full`)", "no stack; non-zero"],
  [
    33,
    "two processes on one embedded directory; a stale lock; a reused pid",
    "the second gets X; recovered; never corrupted",
  ],
  [34, "kill -9 of an embedded run, 50 times, including its first start", "A, R"],
  [35, "a full disk under the embedded directory", "X within a deadline, R once there is space"],
  [36, "a 300 MB SQL file, deep JSON, a hostile Markdown table", "bounded memory and time"],
  [37, "seed: COPY fails on its last row", "X, no row remains"],
  [38, "drift between PostgreSQL 15 and the embedded 18 with nothing changed", "no finding"],
  [39, "drift: each single mutation of the schema", "exactly that finding"],
  [
    40,
    "a migration that leaves settings, another role, temporary tables and session locks behind",
    "the next one starts with a fresh session, in every mode",
  ],
  [
    41,
    "a statement outside transactions that was started and never recorded",
    "settled by the catalog or by a user; never silently run again",
  ],
  [42, "a migrate and a rollback that overlap", "both databases end at one phase, or X"],
  [
    43,
    "rows that row-level security hides from the role that rolls back",
    "X, N: an unknown number counts as rows",
  ],
  [
    44,
    "an extension that existed before its migration; one in another schema",
    "kept; X before anything ran",
  ],
  [45, "other tools' rows and tables in a seeded database", "no other row is changed"],
  [
    46,
    "no configuration, or one further up; an empty connection string",
    "never another application's files; X",
  ],
  [47, "an older version of the tool on a newer database", "reported as ahead, not as damaged"],
  [
    48,
    "channel binding, prepared passwords, services, a first host that is starting up, a revoked certificate",
    "as in libpq",
  ],
  [
    49,
    "an embedded folder without its empty folders, reached by two paths, or of an older major version",
    "repaired, locked, or X",
  ],
  [50, "names, comments and messages with control characters and line breaks", "escaped; no line is forged"],
  [51, "a catalog that another user has written to the cache", "not trusted"],
  [52, "no home directory, a deleted working directory, a ledger without rows", "X"],
  [53, "a document with unusual headings, fences and references", "read, or reported with its line"],
  [54, "several simultaneous changes, one of which explains others", "every object that differs is named"],
  [55, "one schema as different versions deparse it, and after a restored dump", "no finding"],
  [56, "a file, document, argument or message designed to be slow to read", "read in linear time"],
];

export const matrix: readonly Fault[] = rows.map(([number, fault, holds]) => ({ number, fault, holds }));

/** The numbers of the faults that a title names. */
export function faultsOf(title: string): number[] {
  return [...title.matchAll(/\(faults? ([\d, ]+)\)/g)].flatMap(([, list = ""]) =>
    list.split(",").map(Number),
  );
}
