import type { PGlite } from "@electric-sql/pglite";
import type { Interrupts } from "./interrupts.ts";
import type { Mailbox } from "./mailbox.ts";
import { fatal, MessageReader, message } from "./wire.ts";

type Postgres = PGlite["Module"];

/** The exit code of PostgreSQL's C code after an ERROR, instead of a longjmp. */
const errorRaised = 100;

/** Output is sent in chunks of about this size. */
const parcel = 64 * 1024;

/** Parameters of a startup packet that are not settings of the session. The engine has one database and one role. */
const notSettings: ReadonlySet<string> = new Set(["user", "database", "replication", "options"]);

/**
 * Serves one client after the other on PostgreSQL's only backend. It replaces PGlite's own entry points, which take
 * any exception for an SQL error and call again without end, and which cannot wait for the data of a COPY.
 */
export class ProtocolServer {
  private readonly postgres: Postgres;
  private readonly mailbox: Mailbox;
  private readonly interrupts: Interrupts;
  private reader = new MessageReader();
  private client = 0;
  private leaving = false;
  private shutdown = false;
  private input: Uint8Array = new Uint8Array(0);
  private output: Uint8Array[] = [];
  private outputBytes = 0;
  /** Receives the output while an internal statement runs. */
  private capture: Uint8Array[] | undefined;

  constructor(postgres: Postgres, mailbox: Mailbox, interrupts: Interrupts) {
    this.postgres = postgres;
    this.mailbox = mailbox;
    this.interrupts = interrupts;
    postgres._pgl_set_rw_cbs(
      postgres.addFunction((address: number, size: number) => this.read(address, size), "ipi"),
      postgres.addFunction((address: number, size: number) => this.write(address, size), "ipi"),
    );
  }

  /**
   * Returns when a shutdown is requested.
   * @throws Error when the instance is broken; it cannot be used any more
   */
  serve(): void {
    while (!this.shutdown) {
      this.receive();
      if (this.client === 0) continue;
      const messages = this.takeMessages();
      if (messages.length > 0) {
        this.execute(messages);
        this.flush();
      }
      if (this.leaving || this.reader.terminated) this.endClient();
    }
    if (this.client !== 0) this.endClient();
  }

  /** Waits for one message of the program and stores its content. */
  private receive(): void {
    const received = this.mailbox.receive();
    if (received.kind === "shutdown") {
      this.shutdown = true;
      this.leaving = true;
    } else if (received.kind === "open") {
      this.startClient(received.client, received.settings);
    } else if (received.kind === "data" && received.client === this.client) {
      this.reader.push(received.bytes);
      this.interrupts.begin(received.unit);
      this.mailbox.send({ kind: "taken", client: this.client });
    } else if (received.kind === "close" && received.client === this.client) {
      this.leaving = true;
    }
  }

  private takeMessages(): Uint8Array {
    try {
      return this.reader.take();
    } catch (error) {
      this.put(fatal("08P01", error instanceof Error ? error.message : String(error)));
      this.flush();
      this.leaving = true;
      return new Uint8Array(0);
    }
  }

  private startClient(client: number, settings: readonly (readonly [string, string])[]): void {
    this.client = client;
    this.leaving = false;
    this.reader = new MessageReader();
    // PostgreSQL reads these from the packet when a backend starts; this one started before the client connected.
    for (const [name, value] of settings) {
      if (notSettings.has(name)) continue;
      const refusal = this.query(`SELECT pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`);
      if (refusal === undefined) continue;
      this.put(refusal);
      this.flush();
      this.leaving = true;
      return;
    }
    this.postgres._pgl_sendConnData();
    this.postgres._pgl_pq_flush();
    this.flush();
  }

  /**
   * Resets the backend as for a new session: no transaction, setting, lock, temporary table or prepared statement.
   */
  private endClient(): void {
    this.run(() => this.execute(message("S")));
    for (const statement of ["ROLLBACK", "SET SESSION AUTHORIZATION postgres", "DISCARD ALL"]) {
      const refusal = this.query(statement);
      if (refusal !== undefined) throw new Error(`${statement} failed: ${refusal.toString("utf8", 5)}`);
    }
    this.mailbox.send({ kind: "ended", client: this.client });
    this.client = 0;
    this.leaving = false;
  }

  /** Runs an internal statement. Returns its ErrorResponse, if any. */
  private query(sql: string): Buffer | undefined {
    const answer = this.run(() => this.execute(message("Q", `${sql}\0`)));
    for (let offset = 0; offset < answer.length; offset += 1 + answer.readUInt32BE(offset + 1)) {
      if (answer[offset] === 0x45)
        return answer.subarray(offset, offset + 1 + answer.readUInt32BE(offset + 1));
    }
    return undefined;
  }

  /** Hides PostgreSQL's output from the client. */
  private run(action: () => void): Buffer {
    const chunks: Uint8Array[] = [];
    this.capture = chunks;
    try {
      action();
    } finally {
      this.capture = undefined;
    }
    return Buffer.concat(chunks);
  }

  /** Lets PostgreSQL process whole messages. SQL errors are part of its answer. */
  private execute(messages: Uint8Array): void {
    const { postgres } = this;
    this.input = messages;
    while (this.input.length > 0 || postgres._pq_buffer_remaining_data() > 0) {
      const stack = postgres.stackSave();
      try {
        postgres._PostgresMainLoopOnce();
      } catch (error) {
        if (!isErrorRaised(error)) throw error;
        postgres.stackRestore(stack);
        postgres._PostgresMainLongJmp();
      }
    }
    postgres._PostgresSendReadyForQueryIfNecessary();
    postgres._pgl_pq_flush();
  }

  /** Called by PostgreSQL for input. Only a COPY has to wait for it, as its data follow its query. */
  private read(address: number, size: number): number {
    if (this.input.length === 0) this.input = this.awaitCopyData();
    const bytes = this.input.subarray(0, size);
    this.memory().set(bytes, address);
    this.input = this.input.subarray(bytes.length);
    return bytes.length;
  }

  private awaitCopyData(): Uint8Array {
    this.flush();
    while (!this.leaving && !this.reader.terminated) {
      this.receive();
      const messages = this.takeMessages();
      if (messages.length > 0) return messages;
    }
    return message("f", "the client disconnected\0");
  }

  /** Called by PostgreSQL with output. */
  private write(address: number, size: number): number {
    // Copied: the memory belongs to PostgreSQL and is reused.
    this.put(this.memory().slice(address, address + size));
    return size;
  }

  /** PostgreSQL's memory; a new object after it has grown. */
  private memory(): Uint8Array {
    return this.postgres["HEAPU8"];
  }

  private put(bytes: Uint8Array): void {
    if (this.capture !== undefined) {
      this.capture.push(bytes);
      return;
    }
    this.output.push(bytes);
    this.outputBytes += bytes.length;
    if (this.outputBytes >= parcel) this.flush();
  }

  private flush(): void {
    if (this.outputBytes === 0) return;
    const bytes = new Uint8Array(this.outputBytes);
    let offset = 0;
    for (const chunk of this.output) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    this.output = [];
    this.outputBytes = 0;
    this.mailbox.sendData(this.client, bytes);
  }
}

function isErrorRaised(error: unknown): boolean {
  return typeof error === "object" && error !== null && "status" in error && error.status === errorRaised;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
