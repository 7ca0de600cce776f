import type { PGlite } from "@electric-sql/pglite";
import { CApi } from "./c-api.ts";
import { databaseSettingsSql, isIdle, rowsOf } from "./database-settings.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Mailbox } from "./mailbox.ts";
import { Members } from "./members.ts";
import type { Question } from "./messages.ts";
import { Snapshots } from "./snapshots.ts";
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
  private readonly snapshots: Snapshots;
  private readonly interrupts: Interrupts;
  private reader = new MessageReader();
  private client = 0;
  private leaving = false;
  private shutdown = false;
  /** Present once several clients share the session. */
  private members: Members | undefined;
  /** A client that has left the shared session. */
  private dismissed: number | undefined;
  private input: Uint8Array = new Uint8Array(0);
  private output: Uint8Array[] = [];
  private outputBytes = 0;
  /** Receives the output while an internal statement runs. */
  private capture: Uint8Array[] | undefined;

  constructor(postgres: Postgres, mailbox: Mailbox, interrupts: Interrupts) {
    this.postgres = postgres;
    this.mailbox = mailbox;
    this.snapshots = new Snapshots(postgres);
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
        this.cleanUp();
        this.flush();
      }
      if (this.dismissed !== undefined) this.dismiss(this.dismissed);
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
    } else if (received.kind === "save" || received.kind === "restore") {
      this.snapshots[received.kind](received.snapshot);
      this.mailbox.send({ kind: "kept" });
    } else if (received.kind === "open") {
      this.startClient(received.client, received.settings);
    } else if (received.kind === "data" && received.client === this.client) {
      if (received.member !== undefined) this.members?.enter(received.member);
      this.reader.push(received.bytes);
      this.interrupts.begin(received.unit);
      this.mailbox.send({ kind: "taken", client: this.client });
    } else if (received.kind === "close" && received.client === this.client) {
      this.leaving = true;
    } else if (received.kind === "ask" && received.client === this.client) {
      this.answer(received.member, received.question);
    } else if (received.kind === "dismiss" && received.client === this.client) {
      this.dismissed = received.member;
    }
  }

  private takeMessages(): Uint8Array {
    try {
      const messages = this.reader.take();
      return this.members?.translate(messages, (parse) => this.replay(parse)) ?? messages;
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

  private answer(member: number, question: Question): void {
    this.members ??= new Members(new CApi(this.postgres), this.interrupts.functions);
    const { members } = this;
    if (question.kind === "admit" && members.isDatabaseChanged && isIdle(this.postgres))
      members.setDatabaseSettings(rowsOf(this.ask(databaseSettingsSql)));
    this.mailbox.send({ kind: "answer", member, answer: members.answer(member, question) });
  }

  /** Ends the batch, the COPY and the transaction of a client that has left the shared session. */
  private dismiss(member: number): void {
    this.dismissed = undefined;
    this.members?.enter(member);
    this.run(() => this.execute(message("S")));
    this.require("ROLLBACK");
    const leftovers = this.members?.dismiss();
    if (leftovers !== undefined) this.require(leftovers);
    this.cleanUp();
    this.mailbox.send({ kind: "dismissed", member });
  }

  /** What a client asked for that has to follow its statements. */
  private cleanUp(): void {
    const { members } = this;
    if (members === undefined) return;
    const limits = members.takeLimits();
    if (limits !== undefined) this.mailbox.send({ kind: "limits", member: members.member, limits });
    if (members.locks.takeReleased()) this.mailbox.send({ kind: "lock-released" });
    const sql = members.takeCleanUp();
    if (sql !== undefined) this.query(sql);
  }

  /** Restores the unnamed statement of a client after another one has used the session. Errors are the client's. */
  private replay(parse: Uint8Array): void {
    const answer = this.run(() => this.execute(Buffer.concat([parse, message("H")])));
    if (answer[0] === 0x45) this.put(answer);
  }

  /**
   * Resets the backend as for a new session: no transaction, setting, lock, temporary table or prepared statement.
   */
  private endClient(): void {
    this.run(() => this.execute(message("S")));
    this.require("ROLLBACK");
    this.members?.clear();
    this.require("SET SESSION AUTHORIZATION postgres");
    this.require("DISCARD ALL");
    this.mailbox.send({ kind: "ended", client: this.client });
    this.client = 0;
    this.leaving = false;
  }

  /** Runs an internal statement that must succeed. */
  private require(sql: string): void {
    const refusal = this.query(sql);
    if (refusal !== undefined) throw new Error(`${sql} failed: ${refusal.toString("utf8", 5)}`);
  }

  /** Runs an internal statement. Returns PostgreSQL's answer. */
  private ask(sql: string): Buffer {
    const execute = () => this.run(() => this.execute(message("Q", `${sql}\0`)));
    return this.members === undefined ? execute() : this.members.internally(execute);
  }

  /** Runs an internal statement. Returns its ErrorResponse, if any. */
  private query(sql: string): Buffer | undefined {
    const answer = this.ask(sql);
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
    while (!this.leaving && !this.reader.terminated && this.dismissed === undefined) {
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
