import { isMultiple, lastRows, type Notice } from "./answers.ts";
import { Client, type SessionOptions, type Watch } from "./client.ts";
import { withDeadline } from "./deadline.ts";
import { probeBackend, withHeartbeat } from "./heartbeat.ts";
import { readPrefix, snapshotPrefix } from "./read-only.ts";
import { describeTarget, type Target } from "./target.ts";
import { openTransport, type Transport } from "./transport.ts";

/** One query for each type of row, by name. */
export type Queries<Rows> = { readonly [Name in keyof Rows]: string };

/**
 * One connection to one database, never silently replaced: a lost connection loses its locks, and the next query
 * throws. All SQL uses the simple query protocol, several statements per message.
 */
export interface Session {
  readonly key: string;
  readonly applicationName: string;
  /** Of several hosts, only the one in use. */
  readonly target: Target;
  /** The server and user, without the password: `localhost:5432/shop as app`. */
  readonly label: string;
  /** The process number that the server reported at startup: its backend's, or one that a pooler invents. */
  readonly reportedPid: () => number | undefined;
  /** Runs SQL without a deadline, and returns the rows of its last statement. */
  run<Row extends object>(sql: string): Promise<readonly Row[]>;
  /** Sends data to a `COPY FROM STDIN`, as fast as the server accepts them. If `chunks` throws, the COPY fails. */
  copy(statement: string, chunks: Iterable<Uint8Array>): Promise<void>;
  /** Runs one query in a read-only transaction with a pinned `search_path` and a deadline. */
  read<Row extends object>(sql: string): Promise<readonly Row[]>;
  /** Runs named queries that return rows on one snapshot of the database: one message, with a deadline. */
  snapshot<Rows extends { [Name in keyof Rows]: object }>(
    queries: Queries<Rows>,
  ): Promise<{ readonly [Name in keyof Rows]: readonly Rows[Name][] }>;
  /** The notices since the last call. */
  takeNotices(): readonly Notice[];
  /** Cancels the running statement, and no later one; returns when it has ended. Never throws. */
  cancel(): Promise<void>;
  /** Ends the connection, within a deadline. Idempotent, never throws. */
  close(): Promise<void>;
}

/** Catalog reads answer at once or not at all; this bounds a server that went silent. In milliseconds. */
const readDeadline = 30_000;
const snapshotDeadline = 60_000;

/** SQLSTATE of the warning that a transaction was already open (manual, appendix A). */
const insideTransaction = "25001";

/** The author of the query vouches for the type of its rows. */
function answersAll<Rows>(
  results: Readonly<Record<string, unknown>>,
  queries: Queries<Rows>,
): results is { readonly [Name in keyof Rows]: readonly Rows[Name][] } {
  return Object.keys(queries).every((name) => Array.isArray(results[name]));
}

/**
 * Opens a session. The first query connects to a server, and may then throw SocratesError `connection-failed`,
 * `authentication-failed`, `database-missing` or `tls-failed`.
 * @throws SocratesError `embedded-locked`, `embedded-failed`, `image-missing` for embedded databases
 */
export async function openSession(settings: SessionOptions): Promise<Session> {
  const { key, name, target } = settings;
  const transport = await openTransport(target, name);
  /** Looks after statements that take long, over a second connection. */
  const watch: Watch = (answer, client) => {
    const pid = client.backend?.pid;
    if (pid === undefined || target.kind !== "server") return answer;
    const applicationName = "socrates-db heartbeat";
    const open = () => openUnwatched({ key, name, target: transport.answered(), applicationName });
    return withHeartbeat(
      answer,
      () => probeBackend(open, pid),
      (reason) => client.end(reason),
    );
  };
  return sessionOn(transport, settings, watch);
}

/** A session whose statements are short. */
async function openUnwatched(settings: SessionOptions): Promise<Session> {
  return sessionOn(await openTransport(settings.target, settings.name), settings, (answer) => answer);
}

/** Ends the transaction of a read that failed; if no answer came at all, the connection. */
async function bounded<T>(client: Client, work: Promise<T>, deadline: number): Promise<T> {
  const timedOut = () => client.end(`no answer in ${deadline / 1000} s`);
  try {
    return await withDeadline(work, deadline, timedOut);
  } catch (error) {
    if (!client.isEnded) await withDeadline(client.send("ROLLBACK"), deadline, timedOut).catch(() => {});
    throw error;
  }
}

function sessionOn(transport: Transport, settings: SessionOptions, watch: Watch): Session {
  const { key, target, applicationName } = settings;
  const label = describeTarget(target);
  const client = new Client(settings, label, transport, watch);
  const run = async <Row extends object>(text: string): Promise<readonly Row[]> =>
    lastRows(await client.send<Row>(text));
  return {
    key,
    applicationName,
    get target() {
      return transport.answered();
    },
    label,
    reportedPid: () => client.backend?.pid,
    run,
    copy: (statement, chunks) => client.copy(statement, chunks),
    read: async <Row extends object>(query: string) => {
      const before = client.notices.length;
      const rows = await bounded(client, run<Row>(`${readPrefix}${query}; COMMIT`), readDeadline);
      if (client.notices.slice(before).some(({ code }) => code === insideTransaction))
        throw new TypeError("a read within a transaction has ended it");
      return rows;
    },
    snapshot: async (queries) => {
      const text = [snapshotPrefix, ...Object.values(queries), "COMMIT"].join("; ");
      const answer = await bounded(client, client.send(text), snapshotDeadline);
      // The first result is that of the statements before the queries, which have no rows.
      const results = isMultiple(answer) ? answer.slice(1) : [];
      const named = Object.fromEntries(Object.keys(queries).map((name, i) => [name, results[i]]));
      if (!answersAll(named, queries)) throw new TypeError("a query of a snapshot returns no rows");
      return named;
    },
    takeNotices: () => client.notices.splice(0),
    cancel: () => client.cancel(),
    close: () => client.close(),
  };
}
