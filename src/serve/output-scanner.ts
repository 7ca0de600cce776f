import { fromServer, type Message } from "./protocol.ts";

const noticed: ReadonlySet<number> = new Set(Object.values(fromServer));

/** What {@link OutputScanner} finds, in order. */
export type Output = { readonly raw: Buffer } | { readonly message: Message };

/** Finds the few messages of PostgreSQL that matter here; all others pass through, whole or in parts. */
export class OutputScanner {
  /** The start of a message that is not complete. */
  #head: Buffer = Buffer.alloc(0);
  /** How many bytes of a message pass through. */
  #left = 0;

  scan(chunk: Buffer): Output[] {
    const bytes = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const found: Output[] = [];
    let at = 0;
    let raw = 0;
    const pass = (end: number) => {
      if (end > raw) found.push({ raw: bytes.subarray(raw, end) });
    };
    for (;;) {
      const skipped = Math.min(this.#left, bytes.length - at);
      at += skipped;
      this.#left -= skipped;
      if (bytes.length - at < 5) break;
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      const type = bytes[at] ?? 0;
      if (!noticed.has(type)) {
        this.#left = end - at;
        continue;
      }
      if (end > bytes.length) break;
      pass(at);
      found.push({ message: { type, bytes: bytes.subarray(at, end) } });
      at = end;
      raw = end;
    }
    pass(at);
    this.#head = Buffer.from(bytes.subarray(at));
    return found;
  }
}
