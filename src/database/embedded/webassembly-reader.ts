/** Reads the binary format of WebAssembly modules. */
export class WebAssemblyReader {
  at: number;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new Error("the WebAssembly module is incomplete");
    return value;
  }

  /** An unsigned integer in LEB128. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  name(): string {
    const length = this.number();
    this.at += length;
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.at - length, length).toString(
      "latin1",
    );
  }
}

/** An unsigned integer in LEB128. */
export function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...leb128(Math.floor(value / 128))];
}

/** One section of a module: where its content is. */
export interface Section {
  readonly id: number;
  /** The offset of its size, which precedes the content. */
  readonly sizeAt: number;
  readonly start: number;
  readonly end: number;
}

/** The sections of a module; undefined for bytes that are not a module. */
export function sectionsOf(bytes: Uint8Array): readonly Section[] | undefined {
  if (bytes.length < 8 || bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d)
    return undefined;
  const reader = new WebAssemblyReader(bytes, 8);
  const sections: Section[] = [];
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const sizeAt = reader.at;
    const size = reader.number();
    sections.push({ id, sizeAt, start: reader.at, end: reader.at + size });
    reader.at += size;
  }
  return sections;
}

/** A replacement within the content of a section. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: readonly number[];
}

/** The module with replacements in order of their place, and the sizes of their sections corrected. */
export function withEdits(
  bytes: Uint8Array,
  sections: readonly Section[],
  edits: readonly Edit[],
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let copied = 0;
  const put = (end: number, replacement: readonly number[], next: number) => {
    parts.push(bytes.subarray(copied, end), Uint8Array.from(replacement));
    copied = next;
  };
  for (const { sizeAt, start, end } of sections) {
    const within = edits.filter((edit) => edit.start >= start && edit.end <= end);
    if (within.length === 0) continue;
    const grown = within.reduce((sum, edit) => sum + edit.bytes.length - (edit.end - edit.start), 0);
    put(sizeAt, leb128(end - start + grown), start);
    for (const edit of within) put(edit.start, edit.bytes, edit.end);
  }
  parts.push(bytes.subarray(copied));
  const edited = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    edited.set(part, at);
    at += part.length;
  }
  return edited;
}
