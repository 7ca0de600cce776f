import type { Duplex } from "node:stream";
import postgres from "postgres";
import { SocratesError } from "../errors.ts";
import { type Answer, type BackendKey, lastRows, type Notice, refuseStream } from "./answers.ts";
import { connectionError, cutOff } from "./connection-error.ts";
import { isConnectionLoss, lost } from "./connection-loss.ts";
import { copyIn } from "./copy.ts";
import { sleep, withDeadline } from "./deadline.ts";
import type { Target } from "./target.ts";
import { cancelPause, type Transport } from "./transport.ts";

/** Names the session's database in messages and in `pg_stat_activity`. */
export interface SessionOptions {
  /** Key of the database, for example `shop`. */
  readonly key: string;
  /** Name of the database, for example `shop`. */
  readonly name: string;
  readonly target: Target;
  /** Other users of the server see it as `application_name`. */
  readonly applicationName: string;
  /** Ends the attempt to connect; has no effect on an open session. */
  readonly signal?: AbortSignal | undefined;
}

/** In milliseconds. */
const closeDeadline = 3_000;

/** A function, as postgres.js would otherwise fall back to the environment, which was read already. */
function login(name: string, target: Target) {
  if (target.kind === "embedded")
    return { host: "localhost", user: "postgres", database: name, password: () => "", connect_timeout: 60 };
  const { user, database, password = "", connectTimeout } = target;
  return { host: "localhost", user, database, password: () => password, connect_timeout: connectTimeout };
}

/** The session's initial settings. */
function startUpParameters({ target, applicationName }: SessionOptions) {
  return {
    application_name: applicationName,
    ...(target.kind === "server" && target.options !== undefined && { options: target.options }),
    // As a startup parameter it is the session's default, to which RESET ROLE and DISCARD ALL return.
    ...(target.kind === "server" && target.role !== undefined && { role: target.role }),
  };
}

/** Waits for the answer to a statement; may end the connection in the meantime. */
export type Watch = <T>(answer: Promise<T>, client: Client) => Promise<T>;

/** One connection of postgres.js that is never replaced, so that its locks and settings stay until it ends. */
export class Client {
  /** The server's notices. */
  readonly notices: Notice[] = [];
  /** Known after the first answer. */
  backend: BackendKey | undefined;
  readonly #sql: postgres.Sql;
  readonly #settings: SessionOptions;
  readonly #label: string;
  readonly #transport: Transport;
  readonly #watch: Watch;
  /** Ends the attempt to connect. */
  readonly #dialling = new AbortController();
  #hasDialled = false;
  #socket: Duplex | undefined;
  /** Whether the login has succeeded: the server then reports its parameters. */
  #isAccepted = false;
  /** Why the connection ended. Without it, postgres.js would leave further queries waiting forever. */
  #end: unknown;
  #isClosed = false;
  /** The running statement. */
  #current: Promise<unknown> | undefined;

  constructor(settings: SessionOptions, label: string, transport: Transport, watch: Watch) {
    this.#settings = settings;
    this.#label = label;
    this.#transport = transport;
    this.#watch = watch;
    const { name, target, signal } = settings;
    const stop = () => this.#dialling.abort(signal?.reason);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
    const parameters = startUpParameters(settings);
    const options: postgres.Options<Record<string, never>> & { socket: () => Promise<Duplex> } = {
      socket: () => this.#dial(parameters),
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
        this.#isAccepted = true;
      },
      onnotice: ({ severity = "NOTICE", code = "", message = "", detail }) =>
        void this.notices.push({ severity, code, message, detail }),
    };
    this.#sql = postgres(options);
  }

  /**
   * postgres.js reconnects by itself; a second socket would be a session without our locks and settings. A socket that it
   * is given after its end it would leave open, and the process would never exit.
   */
  async #dial(parameters: Readonly<Record<string, string>>): Promise<Duplex> {
    const { target } = this.#settings;
    if (this.#hasDialled)
      throw target.kind === "server" && !this.#isAccepted ? cutOff(target) : lost(this.#label);
    this.#hasDialled = true;
    this.#socket = await this.#transport.socket(parameters, this.#dialling.signal);
    if (!this.#isClosed) return this.#socket;
    this.#socket.destroy();
    throw lost(this.#label);
  }

  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Marks the connection as lost. @returns the error to throw */
  end(reason: string): SocratesError {
    this.#end = new Error(reason);
    return lost(this.#label, this.#end);
  }

  /** The error of a failed statement, which may have ended the connection. */
  #failure(error: unknown): unknown {
    const { target } = this.#settings;
    const isLoss = !(error instanceof postgres.PostgresError) || isConnectionLoss(error);
    if (isLoss || !this.#isAccepted) this.#end = error;
    if (target.kind === "server" && !this.#isAccepted) return connectionError(error, target);
    return isLoss && !(error instanceof SocratesError) ? lost(this.#label, error) : error;
  }

  /** Waits for the running statement. */
  async #running<T>(statement: Promise<T>): Promise<T> {
    this.#current = statement;
    try {
      return await this.#watch(statement, this);
    } finally {
      if (this.#current === statement) this.#current = undefined;
    }
  }

  /**
   * Sends statements; postgres.js splits the answer at statements with rows. @throws SocratesError if the connection
   * is lost
   */
  async send<Row extends object>(text: string): Promise<Answer<Row>> {
    if (this.isEnded) throw lost(this.#label, this.#end);
    const statement = this.#sql
      .unsafe<Row[]>(text)
      .simple()
      .catch((error: unknown) => {
        throw this.#failure(error);
      });
    const answer: Answer<Row> = await this.#running<Answer<Row>>(statement);
    refuseStream(answer);
    this.backend ??= lastRows(answer).state;
    return answer;
  }

  /** Sends data to a `COPY FROM STDIN`. */
  async copy(statement: string, chunks: Iterable<Uint8Array>): Promise<void> {
    if (this.isEnded) throw lost(this.#label, this.#end);
    await this.#running(copyIn(this.#sql, statement, chunks, (error) => this.#failure(error)));
  }

  /** Cancels the running statement, and no later one; returns when it has ended. Never throws. */
  async cancel(): Promise<void> {
    const statement = this.#current;
    while (statement !== undefined && this.#current === statement && this.backend !== undefined) {
      await this.#transport.cancel(this.backend);
      await Promise.race([statement.catch(() => {}), sleep(cancelPause)]);
    }
  }

  /** Ends the connection, within a deadline. Idempotent, never throws. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#dialling.abort(lost(this.#label));
    await withDeadline(
      this.#sql.end({ timeout: this.isEnded || !this.#isAccepted ? 0 : 1 }),
      closeDeadline,
      () => lost(this.#label),
    ).catch(() => {});
    // It may have been on its way to postgres.js.
    if (this.#socket?.writableEnded === false) this.#socket.destroy();
    await this.#transport.end();
  }
}
