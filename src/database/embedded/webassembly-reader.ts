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

/** A replacement of some bytes. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: readonly number[];
}

/** How many bytes an edit adds. */
function growthOf({ start, end, bytes }: Edit): number {
  return bytes.length - (end - start);
}

/** Replacements within the contents of sections, in order of their place, and those of the sections' sizes. */
export function withSectionSizes(sections: readonly Section[], edits: readonly Edit[]): readonly Edit[] {
  return sections.flatMap(({ sizeAt, start, end }) => {
    const within = edits.filter((edit) => edit.start >= start && edit.end <= end);
    if (within.length === 0) return [];
    const grown = within.reduce((sum, edit) => sum + growthOf(edit), 0);
    return [{ start: sizeAt, end: start, bytes: leb128(end - start + grown) }, ...within];
  });
}

/** Where a range of the original goes in the edited bytes, or the bytes that go there. */
export type Part = { readonly at: number } & (
  | { readonly from: number; readonly length: number }
  | { readonly bytes: readonly number[] }
);

/** The parts of `length` bytes after edits in order of their place, and the length of all. */
export function editedParts(length: number, edits: readonly Edit[]) {
  const parts: Part[] = [];
  let from = 0;
  let at = 0;
  for (const { start, end, bytes } of edits) {
    parts.push({ at, from, length: start - from }, { at: at + start - from, bytes });
    at += start - from + bytes.length;
    from = end;
  }
  parts.push({ at, from, length: length - from });
  return { parts, length: at + length - from };
}

/** The bytes after edits in order of their place. */
export function withEdits(original: Uint8Array, edits: readonly Edit[]): Uint8Array<ArrayBuffer> {
  const { parts, length } = editedParts(original.length, edits);
  const edited = new Uint8Array(length);
  for (const part of parts)
    edited.set("from" in part ? original.subarray(part.from, part.from + part.length) : part.bytes, part.at);
  return edited;
}
