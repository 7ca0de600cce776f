import { type Duplex, Readable, Writable } from "node:stream";
import postgres from "postgres";
import { SocratesError } from "../errors.ts";
import { connectionError, cutOff } from "./connection-error.ts";
import { isConnectionLoss, lost } from "./connection-loss.ts";
import { copyIn } from "./copy.ts";
import { sleep, withDeadline } from "./deadline.ts";
import { feelPulse, withHeartbeat } from "./heartbeat.ts";
import { readPrefix, snapshotPrefix } from "./read-only.ts";
import { describeTarget, type Target } from "./target.ts";
import { cancelPause, openTransport } from "./transport.ts";

/** Names the database that a session is for, in messages and in `pg_stat_activity`. */
export interface SessionOptions {
  /** Key of the database, for example `auth`. */
  readonly key: string;
  /** Name of the database, for example `socrates_auth`. */
  readonly name: string;
  readonly target: Target;
  /** Shown to other users of the server as `application_name`. */
  readonly applicationName: string;
  /** Ends the attempt to connect; has no effect on a session that is open. */
  readonly signal?: AbortSignal | undefined;
}

/** What a server says beside its answers (manual, section 54.8); `severity` is in English. */
export interface Notice {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly detail: string | undefined;
}

/** One query for each type of row, by name. */
export type Queries<Rows> = { readonly [Name in keyof Rows]: string };

/**
 * One connection to one database, never replaced in silence: where it is lost, so is every lock that it held, and
 * the next query says so. All SQL goes through the simple query protocol, several statements to a message.
 */
export interface Session {
  readonly key: string;
  readonly applicationName: string;
  /** Of several hosts, only the one in use. */
  readonly target: Target;
  /** Where it leads, without the password: `localhost:5432/socrates_auth as app`. */
  readonly label: string;
  /** The process that the server reported at start-up: its backend, or whatever a pooler between makes up. */
  readonly reportedPid: () => number | undefined;
  /** Runs SQL for as long as the server works on it, and returns the rows of its last statement. */
  run<Row extends object>(sql: string): Promise<readonly Row[]>;
  /** Sends data to a `COPY … FROM STDIN`, as fast as the server takes them. What `chunks` throws ends it as failed. */
  copy(statement: string, chunks: Iterable<Uint8Array>): Promise<void>;
  /** Runs one query in a read-only transaction with `search_path` pinned, with a deadline. */
  read<Row extends object>(sql: string): Promise<readonly Row[]>;
  /** Runs named queries, all that returns rows, on one snapshot of the database: one message, with a deadline. */
  snapshot<Rows extends { [Name in keyof Rows]: object }>(
    queries: Queries<Rows>,
  ): Promise<{ readonly [Name in keyof Rows]: readonly Rows[Name][] }>;
  /** The notices since the last call. */
  takeNotices(): readonly Notice[];
  /** Cancels the statement that runs now, and none after it; returns when it has ended. Never throws. */
  cancel(): Promise<void>;
  /** Ends the connection, within a deadline. Idempotent, never throws. */
  close(): Promise<void>;
}

/** Catalog reads answer at once or not at all; this bounds a server that went silent. */
const readDeadline = 30_000;
const closeDeadline = 3_000;

const snapshotDeadline = 60_000;

/** SQLSTATE of the warning that a transaction was open already (manual, appendix A). */
const insideTransaction = "25001";

/** One statement's rows, with what postgres.js knows of the connection. */
type Result<Row> = readonly Row[] & { readonly state?: { readonly pid: number; readonly secret: number } };

/**
 * What postgres.js answers a COPY from or to the client with is a stream. Nobody would feed or empty it, and every later
 * statement would fail, so it is ended at once.
 * @throws SocratesError `query-failed`
 */
function refuseStream(answer: unknown): void {
  if (answer instanceof Writable) answer.on("error", () => {}).destroy(new Error("ended by the client"));
  else if (answer instanceof Readable) answer.on("error", () => {}).resume();
  else return;
  throw new SocratesError(
    "query-failed",
    "COPY from stdin or to stdout moves rows that no client sends here",
    {
      hint: "Write the rows as INSERT, or load them with psql.",
    },
  );
}

function isMultiple<Row>(answer: Result<Row> | readonly Result<Row>[]): answer is readonly Result<Row>[] {
  return Array.isArray(answer[0]);
}

function lastRows<Row>(answer: Result<Row> | readonly Result<Row>[]): Result<Row> {
  if (!isMultiple(answer)) return answer;
  return answer.at(-1) ?? [];
}

/** What the rows are made of is the word of the query's author. */
function answersAll<Rows>(
  results: Readonly<Record<string, unknown>>,
  queries: Queries<Rows>,
): results is { readonly [Name in keyof Rows]: readonly Rows[Name][] } {
  return Object.keys(queries).every((name) => Array.isArray(results[name]));
}

/** The password goes in as a function: postgres.js would otherwise fall back to the environment, which we have read already. */
function login(name: string, target: Target) {
  if (target.kind === "embedded")
    return { host: "localhost", user: "postgres", database: name, password: () => "", connect_timeout: 60 };
  const { user, database, password = "", connectTimeout } = target;
  return { host: "localhost", user, database, password: () => password, connect_timeout: connectTimeout };
}

/**
 * Opens a session. A server is reached with the first query, which then throws SocratesError `connection-failed`,
 * `authentication-failed`, `database-missing` or `tls-failed`.
 * @throws SocratesError `embedded-locked`, `embedded-failed`, `image-missing` for embedded databases
 */
export async function openSession(settings: SessionOptions): Promise<Session> {
  return startSession(settings, true);
}

/** @param watched whether a statement that takes long is looked after over a connection of its own */
async function startSession(settings: SessionOptions, watched: boolean): Promise<Session> {
  const { key, name, target, applicationName, signal } = settings;
  const label = describeTarget(target);
  const transport = await openTransport(target, name);
  const notices: Notice[] = [];
  let dialled = false;
  let state: { pid: number; secret: number } | undefined;
  /** Whether the server has accepted the log-in: it then reports its parameters. */
  let accepted = false;
  /** What ended the connection. postgres.js would leave further queries waiting for ever. */
  let ended: unknown;
  let closed = false;
  /** The statement that runs. */
  let current: Promise<unknown> | undefined;

  const parameters = {
    application_name: applicationName,
    ...(target.kind === "server" && target.options !== undefined && { options: target.options }),
    // As a start-up parameter it is the session's default: RESET ROLE and DISCARD ALL lead back to it.
    ...(target.kind === "server" && target.role !== undefined && { role: target.role }),
  };
  const options: postgres.Options<Record<string, never>> & { socket: () => Duplex | Promise<Duplex> } = {
    // postgres.js reconnects by itself; a second socket would be a session without our locks and settings.
    socket: () => {
      if (dialled) throw target.kind === "server" && !accepted ? cutOff(target) : lost(label);
      dialled = true;
      return transport.socket(parameters, signal);
    },
    ...login(name, target),
    max: 1,
    ssl: false,
    prepare: false,
    fetch_types: false,
    debug: false,
    idle_timeout: 0,
    max_lifetime: null,
    connection: parameters,
    onparameter: () => {
      accepted = true;
    },
    onnotice: ({ severity = "NOTICE", code = "", message = "", detail }) =>
      void notices.push({ severity, code, message, detail }),
  };
  const sql = postgres(options);

  const pulse = async (pid: number) =>
    feelPulse(
      () =>
        startSession(
          { key, name, target: transport.answered(), applicationName: "socrates-db heartbeat" },
          false,
        ),
      pid,
    );
  const looked = <T>(answer: Promise<T>): Promise<T> => {
    const pid = state?.pid;
    if (!watched || pid === undefined || target.kind !== "server") return answer;
    const onLost = (reason: string) => {
      ended = new Error(reason);
      return lost(label, ended);
    };
    return withHeartbeat(answer, () => pulse(pid), onLost);
  };

  /** What is thrown for a statement that failed, and whether the connection goes with it. */
  const failed = (error: unknown): unknown => {
    const isLoss = !(error instanceof postgres.PostgresError) || isConnectionLoss(error);
    if (isLoss || !accepted) ended = error;
    if (target.kind === "server" && !accepted) return connectionError(error, target);
    return isLoss && !(error instanceof SocratesError) ? lost(label, error) : error;
  };
  /** Waits for the one statement that runs. */
  const running = async <T>(statement: Promise<T>): Promise<T> => {
    current = statement;
    try {
      return await looked(statement);
    } finally {
      if (current === statement) current = undefined;
    }
  };
  /** Sends statements; postgres.js splits the answer where rows begin. */
  const sendAll = async <Row extends object>(text: string): Promise<Result<Row> | Result<Row>[]> => {
    if (ended !== undefined) throw lost(label, ended);
    const statement = sql
      .unsafe<Row[]>(text)
      .simple()
      .catch((error: unknown) => {
        throw failed(error);
      });
    const answer: Result<Row> | Result<Row>[] = await running(statement);
    refuseStream(answer);
    state ??= lastRows(answer).state;
    return answer;
  };
  /** The rows of the last statement that has any. */
  const send = async <Row extends object>(text: string): Promise<readonly Row[]> =>
    lastRows(await sendAll<Row>(text));

  /** Ends the transaction of a read that failed; where no answer came at all, the connection. */
  const bounded = async <T>(work: Promise<T>, deadline: number): Promise<T> => {
    const timedOut = () => {
      ended = new Error(`no answer in ${deadline / 1000} s`);
      return lost(label, ended);
    };
    try {
      return await withDeadline(work, deadline, timedOut);
    } catch (error) {
      if (ended === undefined) await withDeadline(send("ROLLBACK"), deadline, timedOut).catch(() => {});
      throw error;
    }
  };

  const session: Session = {
    key,
    applicationName,
    get target() {
      return transport.answered();
    },
    label,
    reportedPid: () => state?.pid,
    run: send,
    copy: async (statement, chunks) => {
      if (ended !== undefined) throw lost(label, ended);
      await running(copyIn(sql, statement, chunks, failed));
    },
    read: async <Row extends object>(query: string) => {
      const before = notices.length;
      const rows = await bounded(send<Row>(`${readPrefix}${query}; COMMIT`), readDeadline);
      if (notices.slice(before).some(({ code }) => code === insideTransaction))
        throw new TypeError("a read within a transaction has ended it");
      return rows;
    },
    snapshot: async (queries) => {
      const text = [snapshotPrefix, ...Object.values(queries), "COMMIT"].join("; ");
      const answer = await bounded(sendAll(text), snapshotDeadline);
      // The first result is that of the statements before the queries, which have no rows.
      const results = isMultiple(answer) ? answer.slice(1) : [];
      const named = Object.fromEntries(Object.keys(queries).map((name, i) => [name, results[i]]));
      if (!answersAll(named, queries)) throw new TypeError("a query of a snapshot returns no rows");
      return named;
    },
    takeNotices: () => notices.splice(0),
    cancel: async () => {
      const statement = current;
      while (statement !== undefined && current === statement && state !== undefined) {
        await transport.cancel(state);
        await Promise.race([statement.catch(() => {}), sleep(cancelPause)]);
      }
    },
    close: async () => {
      if (closed) return;
      closed = true;
      await withDeadline(sql.end({ timeout: ended === undefined ? 1 : 0 }), closeDeadline, () =>
        lost(label),
      ).catch(() => {});
      await transport.end();
    },
  };
  return session;
}
