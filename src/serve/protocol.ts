/** Messages of PostgreSQL's protocol (manual, section 54.7) that the server itself sends or reads. */

/** Letters of messages from clients. */
export const fromClient = {
  bind: 0x42,
  close: 0x43,
  copyData: 0x64,
  copyDone: 0x63,
  copyFail: 0x66,
  describe: 0x44,
  execute: 0x45,
  flush: 0x48,
  functionCall: 0x46,
  parse: 0x50,
  password: 0x70,
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
} as const;

/** Letters of messages from PostgreSQL. */
export const fromServer = {
  copyBoth: 0x57,
  copyIn: 0x47,
  error: 0x45,
  notification: 0x41,
  parameter: 0x53,
  ready: 0x5a,
} as const;

/** A message with its letter and length. */
export interface Message {
  readonly type: number;
  readonly bytes: Buffer;
}

const largestMessage = 0x3fffffff;

/** Splits the bytes of a client into messages, however TCP has cut them. */
export class Framer {
  #chunks: Buffer[] = [];
  #length = 0;
  #needed = 5;

  /**
   * Returns the messages that are complete now.
   * @throws Error for a length that is not valid
   */
  push(chunk: Buffer): Message[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#length);
    const messages: Message[] = [];
    let at = 0;
    this.#needed = 5;
    while (bytes.length - at >= 5) {
      const length = bytes.readUInt32BE(at + 1) + 1;
      if (length < 5 || length > largestMessage) throw new Error("invalid message length");
      if (bytes.length - at < length) {
        this.#needed = length;
        break;
      }
      messages.push({ type: bytes[at] ?? 0, bytes: bytes.subarray(at, at + length) });
      at += length;
    }
    this.#chunks = [bytes.subarray(at)];
    this.#length = bytes.length - at;
    return messages;
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** A message from a letter and the parts of its body. */
export function build(letter: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from(letter, "latin1"), int32(body.length + 4), body]);
}

/** What an ErrorResponse says. */
export interface Refusal {
  readonly sqlState: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

export function errorResponse(severity: "ERROR" | "FATAL", refusal: Refusal): Buffer {
  const { sqlState, message, detail, hint } = refusal;
  const fields = [`S${severity}`, `V${severity}`, `C${sqlState}`, `M${message}`];
  if (detail !== undefined) fields.push(`D${detail}`);
  if (hint !== undefined) fields.push(`H${hint}`);
  return build("E", `${fields.join("\0")}\0\0`);
}

/** An ErrorResponse without the prefix that names of prepared statements have in the session. */
export function withoutPrefix(error: Buffer, prefix: string): Buffer {
  const quoted = `"${prefix}`;
  return error.includes(quoted) ? build("E", error.toString("utf8", 5).replaceAll(quoted, '"')) : error;
}

/** An ErrorResponse as a warning, for an error whose time has passed. */
export function asWarning(error: Buffer): Buffer {
  const text = error.toString("utf8", 5).replace(/^SERROR\0VERROR/, "SWARNING\0VWARNING");
  return build("N", text);
}

export function authentication(kind: number, data: string | Buffer = ""): Buffer {
  return build("R", int32(kind), data);
}

export function parameterStatus(name: string, value: string): Buffer {
  return build("S", `${name}\0${value}\0`);
}

export function readyForQuery(status: string): Buffer {
  return build("Z", status);
}

export function commandComplete(tag: string): Buffer {
  return build("C", `${tag}\0`);
}

export function backendKey(pid: number, key: Buffer): Buffer {
  return build("K", int32(pid), key);
}

/** @param unknown options of the protocol that the client asked for and that do not exist here */
export function negotiateVersion(version: number, unknown: readonly string[]): Buffer {
  return build("v", int32(version), int32(unknown.length), ...unknown.map((name) => `${name}\0`));
}

/** One column without a table, as RowDescription has it. */
function describeColumn(name: string, oid: number, size: number, isBinary: boolean): Buffer {
  const field = Buffer.alloc(18);
  field.writeInt32BE(oid, 6);
  field.writeInt16BE(size, 10);
  field.writeInt32BE(-1, 12);
  field.writeInt16BE(isBinary ? 1 : 0, 16);
  return build("T", Buffer.from([0, 1]), `${name}\0`, field);
}

function oneValue(value: Buffer): Buffer {
  return build("D", Buffer.from([0, 1]), int32(value.length), value);
}

const oid = { text: 25, integer: 23 } as const;

/** The result of SHOW: one column, one row. */
export function oneText(column: string, value: string): Buffer {
  return Buffer.concat([describeColumn(column, oid.text, -1, false), oneValue(Buffer.from(value))]);
}

/** One column and one row with an integer. */
export function oneInteger(
  column: string,
  value: number,
  isBinary: boolean,
): { readonly description: Buffer; readonly row: Buffer } {
  return {
    description: describeColumn(column, oid.integer, 4, isBinary),
    row: oneValue(isBinary ? int32(value) : Buffer.from(String(value))),
  };
}

/** The texts of a body, each ended by NUL. */
export function texts(body: Buffer): string[] {
  return body.toString("utf8").split("\0");
}
