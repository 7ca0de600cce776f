import { Duplex } from "node:stream";
import type { Backend, BackendClient } from "./backend.ts";
import { fatal, readStartup } from "./wire.ts";

/**
 * One connection to an embedded database, as a socket for postgres.js. It answers the packets before a session
 * (encryption, cancel) and passes the rest to the backend.
 */
export class Connection extends Duplex implements BackendClient {
  private readonly backend: Backend;
  /** Bytes that arrived before the startup packet was complete. */
  private head: Buffer = Buffer.alloc(0);
  private session: number | undefined;
  private taken: ((error?: Error | null) => void) | undefined;
  /** Bytes that wait until the reader asks for more. */
  private held: Uint8Array[] = [];
  private wanted = false;

  constructor(backend: Backend) {
    super();
    this.backend = backend;
  }

  /** As in `net.Socket`: postgres.js reads it before it disconnects. */
  get readyState(): "open" | "readOnly" | "closed" {
    if (this.destroyed) return "closed";
    return this.writableEnded ? "readOnly" : "open";
  }

  get leaving(): boolean {
    return this.writableEnded || this.destroyed;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.accept(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.accept(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    if (this.session === undefined) this.push(null);
    else this.backend.post({ kind: "close", client: this.session });
    done();
  }

  override _read(): void {
    this.wanted = true;
    this.pump();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.session !== undefined) this.backend.leave(this.session);
    for (const bytes of this.held.splice(0)) this.backend.read(bytes.length);
    done(error);
  }

  onData(bytes: Uint8Array): void {
    this.held.push(bytes);
    this.pump();
  }

  onTaken(): void {
    const taken = this.taken;
    this.taken = undefined;
    taken?.();
  }

  onEnded(): void {
    this.finish();
  }

  onFailed(error: Error): void {
    this.destroy(error);
  }

  private accept(chunk: Buffer, done: (error?: Error | null) => void): void {
    if (this.session !== undefined) {
      this.send(this.session, chunk, done);
      return;
    }
    if (this.backend.failure !== undefined) {
      done(this.backend.failure);
      return;
    }
    this.head = Buffer.concat([this.head, chunk]);
    const startup = readStartup(this.head);
    if (startup.kind === "incomplete") {
      done();
    } else if (startup.kind === "encryption") {
      this.push("N");
      const rest = this.head.subarray(startup.length);
      this.head = Buffer.alloc(0);
      this.accept(rest, done);
    } else if (startup.kind === "start") {
      this.session = this.backend.open(this, Array.from(startup.parameters));
      if (this.session === undefined)
        this.refuse("53300", "an embedded database serves one connection at a time", done);
      else this.send(this.session, this.head.subarray(startup.length), done);
    } else if (startup.kind === "cancel") {
      // The backend cannot be interrupted. A server does not answer a cancel request either.
      done();
      this.finish();
    } else {
      this.refuse("08P01", "unsupported frontend protocol", done);
    }
  }

  private send(client: number, chunk: Buffer, done: (error?: Error | null) => void): void {
    if (chunk.length === 0) {
      done();
      return;
    }
    this.taken = done;
    // A copy: a small Buffer is a view of a pool, and the whole pool would be sent.
    this.backend.post({ kind: "data", client, bytes: new Uint8Array(chunk), unit: 0 });
  }

  private refuse(sqlState: string, text: string, done: () => void): void {
    this.push(fatal(sqlState, text));
    done();
    this.finish();
  }

  /** Ends both directions; 'close' follows once all output was read. */
  private finish(): void {
    this.session = undefined;
    this.onTaken();
    this.wanted = true;
    while (this.held.length > 0) this.pump(true);
    this.push(null);
    this.resume();
    this.end();
  }

  private pump(all = false): void {
    while (this.wanted || all) {
      const bytes = this.held.shift();
      if (bytes === undefined) return;
      this.backend.read(bytes.length);
      this.wanted = this.push(bytes);
    }
  }
}
