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
  | { readonly kind: "cancel" }
  | { readonly kind: "unsupported" }
  | { readonly kind: "start"; readonly length: number; readonly parameters: ReadonlyMap<string, string> };

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
  if (code === 80877102) return { kind: "cancel" };
  if (code >>> 16 !== 3) return { kind: "unsupported" };
  const texts = bytes.toString("utf8", 8, length).split("\0");
  const parameters = new Map<string, string>();
  for (let i = 0; i + 1 < texts.length; i += 2) {
    const name = texts[i];
    const value = texts[i + 1];
    if (name !== undefined && name !== "" && value !== undefined) parameters.set(name, value);
  }
  return { kind: "start", length, parameters };
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
