import { type Section, sectionsOf, WebAssemblyReader } from "./webassembly-reader.ts";

const sectionId = { import: 2, export: 7, element: 9, code: 10 } as const;
const kindOf = { function: 0, table: 1, memory: 2, global: 3 } as const;
const hasMaximum = 1;

/** The limits of an imported memory, and where they are. */
export interface Limits {
  readonly start: number;
  readonly end: number;
  readonly minimum: number;
  readonly maximum: number | undefined;
}

function readerOf(bytes: Uint8Array, sections: readonly Section[], id: number): WebAssemblyReader {
  const section = sections.find((candidate) => candidate.id === id);
  if (section === undefined) throw new Error(`the WebAssembly module has no section ${id}`);
  return new WebAssemblyReader(bytes, section.start);
}

/** The names of imported functions, which have the lowest indexes, and the limits of the imported memory. */
export function readImports(bytes: Uint8Array, sections: readonly Section[]) {
  const reader = readerOf(bytes, sections, sectionId.import);
  const functions: string[] = [];
  let memory: Limits | undefined;
  for (let left = reader.number(); left > 0; left--) {
    reader.name();
    const name = reader.name();
    const kind = reader.byte();
    if (kind === kindOf.function) {
      reader.number();
      functions.push(name);
    } else if (kind === kindOf.memory) {
      memory = readLimits(reader);
    } else if (kind === kindOf.table) {
      reader.byte();
      readLimits(reader);
    } else if (kind === kindOf.global) {
      reader.at += 2;
    } else {
      reader.byte();
      reader.number();
    }
  }
  return { functions, memory };
}

function readLimits(reader: WebAssemblyReader): Limits {
  const start = reader.at;
  const flags = reader.byte();
  const minimum = reader.number();
  const maximum = (flags & hasMaximum) === 0 ? undefined : reader.number();
  return { start, end: reader.at, minimum, maximum };
}

/** The index of an exported function. */
export function exportedFunction(
  bytes: Uint8Array,
  sections: readonly Section[],
  wanted: string,
): number | undefined {
  const reader = readerOf(bytes, sections, sectionId.export);
  for (let left = reader.number(); left > 0; left--) {
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.number();
    if (kind === kindOf.function && name === wanted) return index;
  }
  return undefined;
}

/** The body of a function that is not imported, by its number among them: a reader at its start, and its end. */
export function bodyOf(bytes: Uint8Array, sections: readonly Section[], number: number) {
  const reader = readerOf(bytes, sections, sectionId.code);
  reader.number();
  for (let skipped = 0; skipped < number; skipped++) {
    const size = reader.number();
    reader.at += size;
  }
  const sizeAt = reader.at;
  const size = reader.number();
  return { sizeAt, reader, end: reader.at + size };
}

/**
 * The code of a function by its index in the table of functions, which is what C has as a pointer to it.
 * @throws Error when the table does not have it
 */
export function functionBody(bytes: Uint8Array, tableIndex: number): Uint8Array {
  const sections = sectionsOf(bytes) ?? [];
  const elements = readerOf(bytes, sections, sectionId.element);
  // One active segment: its number, its kind, `i32.const` with its offset, `end`, its length.
  elements.at += 3;
  const offset = elements.number();
  elements.byte();
  const count = elements.number();
  if (tableIndex < offset || tableIndex >= offset + count)
    throw new Error(`the WebAssembly module has no function ${tableIndex} in its table`);
  for (let skipped = offset; skipped < tableIndex; skipped++) elements.number();
  const index = elements.number();
  const { reader, end } = bodyOf(bytes, sections, index - readImports(bytes, sections).functions.length);
  return bytes.subarray(reader.at, end);
}
