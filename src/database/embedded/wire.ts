/** The parts of PostgreSQL's wire protocol (manual, chapter 54) that PostgreSQL itself does not handle here. */

const terminate = 0x58; // X
const largestMessage = 0x3fffffff;

/** Splits the bytes of a client into whole messages, however they were fragmented or batched. */
export class MessageReader {
  private chunks: Uint8Array[] = [];
  private total = 0;
  private needed = 5;
  /** The client has sent Terminate; later bytes are dropped. */
  terminated = false;

  push(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.total += bytes.length;
  }

  /**
   * Returns all complete messages as one run of bytes; empty if there is none.
   * @throws Error when a length is invalid
   */
  take(): Uint8Array {
    // Joined only when a message is complete: a large one arrives in many chunks.
    if (this.terminated || this.total < this.needed) return new Uint8Array(0);
    const bytes = Buffer.concat(this.chunks, this.total);
    let end = 0;
    while (bytes.length - end >= 5) {
      if (bytes[end] === terminate) {
        this.terminated = true;
        break;
      }
      const length = bytes.readUInt32BE(end + 1);
      if (length < 4 || length > largestMessage) throw new Error(`invalid message length ${length}`);
      if (bytes.length - end < 1 + length) break;
      end += 1 + length;
    }
    const rest = bytes.subarray(end);
    this.chunks = [rest];
    this.total = rest.length;
    this.needed = rest.length < 5 ? 5 : 1 + rest.readUInt32BE(1);
    return bytes.subarray(0, end);
  }
}

/** The request in the first packet of a connection. */
export type Startup =
  | { readonly kind: "incomplete" }
  | { readonly kind: "encryption"; readonly length: number }
  | { readonly kind: "cancel"; readonly pid: number; readonly key: Buffer }
  /** Not a packet of protocol 3; `version` is undefined when it is not a startup packet at all. */
  | { readonly kind: "unsupported"; readonly version?: number }
  | {
      readonly kind: "start";
      readonly length: number;
      /** The second part of the protocol's version. */
      readonly minor: number;
      readonly parameters: ReadonlyMap<string, string>;
    };

/**
 * Parses the packet at the start of `bytes`: a 32-bit length, a 32-bit code, and for a startup packet names and
 * values, each ended by NUL.
 */
export function readStartup(bytes: Buffer): Startup {
  if (bytes.length < 8) return { kind: "incomplete" };
  const length = bytes.readUInt32BE(0);
  const code = bytes.readUInt32BE(4);
  if (length < 8 || length > 10_000) return { kind: "unsupported" };
  if (bytes.length < length) return { kind: "incomplete" };
  if (code === 80877103 || code === 80877104) return { kind: "encryption", length };
  if (code === 80877102 && length >= 16)
    return { kind: "cancel", pid: bytes.readInt32BE(8), key: bytes.subarray(12, length) };
  if (code >>> 16 !== 3) return { kind: "unsupported", version: code };
  const texts = bytes.toString("utf8", 8, length).split("\0");
  const parameters = new Map<string, string>();
  for (let i = 0; i + 1 < texts.length; i += 2) {
    const name = texts[i];
    const value = texts[i + 1];
    if (name !== undefined && name !== "" && value !== undefined) parameters.set(name, value);
  }
  return { kind: "start", length, minor: code & 0xffff, parameters };
}

/** A message of one letter and a body. */
export function message(letter: string, body = ""): Buffer {
  const content = Buffer.from(body);
  const head = Buffer.alloc(5, letter);
  head.writeUInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

/** An ErrorResponse that ends the connection. */
export function fatal(sqlState: string, text: string): Buffer {
  return message("E", `SFATAL\0VFATAL\0C${sqlState}\0M${text}\0\0`);
}

const letter = {
  parse: 0x50,
  bind: 0x42,
  close: 0x43,
  describe: 0x44,
  query: 0x51,
  statement: 0x53,
} as const;

/** What {@link translate} asks for and reports. */
export interface Translation {
  /** The new name of a prepared statement. */
  readonly name: (name: string) => string;
  /** A Parse of the unnamed statement. */
  readonly onParse: (message: Uint8Array) => void;
  /** A simple query. */
  readonly onQuery: () => void;
  /** A message that uses the unnamed statement. */
  readonly onUse: () => void;
}

/** Renames the prepared statements in whole messages of the extended protocol. */
export function translate(messages: Uint8Array, translation: Translation): Uint8Array {
  const bytes = Buffer.from(messages.buffer, messages.byteOffset, messages.length);
  const parts: Uint8Array[] = [];
  let copied = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + bytes.readUInt32BE(at + 1);
    const name = statementIn(bytes, at);
    if (bytes[at] === letter.query) translation.onQuery();
    if (name !== undefined) {
      const nameEnd = bytes.indexOf(0, name);
      const old = bytes.toString("utf8", name, nameEnd);
      if (old === "") {
        if (bytes[at] === letter.parse) translation.onParse(Uint8Array.from(bytes.subarray(at, end)));
        else translation.onUse();
      } else {
        const replaced = Buffer.from(translation.name(old));
        const head = Buffer.from(bytes.subarray(at, name));
        head.writeUInt32BE(end - at - 1 + replaced.length - (nameEnd - name), 1);
        parts.push(bytes.subarray(copied, at), head, replaced, bytes.subarray(nameEnd, end));
        copied = end;
      }
    }
    at = end;
  }
  if (parts.length === 0) return messages;
  return Buffer.concat([...parts, bytes.subarray(copied)]);
}

/** Where the message at an offset has the name of a prepared statement, if it has one. */
function statementIn(bytes: Buffer, at: number): number | undefined {
  const type = bytes[at];
  if (type === letter.parse) return at + 5;
  if (type === letter.bind) return bytes.indexOf(0, at + 5) + 1;
  if ((type === letter.close || type === letter.describe) && bytes[at + 5] === letter.statement)
    return at + 6;
  return undefined;
}
