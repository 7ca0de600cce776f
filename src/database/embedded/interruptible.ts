import {
  type Edit,
  leb128,
  type Section,
  sectionsOf,
  WebAssemblyReader,
  withEdits,
} from "./webassembly-reader.ts";

/**
 * Changes PostgreSQL's modules so that a running statement can be interrupted. Two things are missing:
 * - The program's thread must be able to set PostgreSQL's flag `InterruptPending` while the worker computes, so the
 *   memory is shared between threads. The modules import it; only the flags of that import differ.
 * - PostgreSQL must then ask what happened, as it has no signals: `ProcessInterrupts`, which it calls when the flag is
 *   set, calls {@link interruptHook} first.
 */

const sectionId = { import: 2, export: 7, code: 10 } as const;
const kindOf = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;
const limitFlag = { maximum: 1, shared: 2 } as const;
const callInstruction = 0x10;

/** The largest memory that PGlite asks for, in pages of 64 kB. */
const largest = 32_768;

/** An import without parameters or result that a running PostgreSQL does not call otherwise. */
export const interruptHook = "_emscripten_runtime_keepalive_clear";

/** Memory for modules changed by {@link shareMemory}. */
export function newSharedMemory(bytes: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: bytes / 65_536, maximum: largest, shared: true });
}

/** A module, such as an extension, that imports shared memory; other bytes unchanged. */
export function shareMemory(bytes: Uint8Array): Uint8Array {
  const sections = sectionsOf(bytes);
  if (sections === undefined) return bytes;
  const edit = readImports(bytes, sections).memory;
  return edit === undefined ? bytes : withEdits(bytes, sections, [edit]);
}

/**
 * PostgreSQL's main module with shared memory and the hook.
 * @throws Error when the module does not have what they need
 */
export function makeInterruptible(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = sectionsOf(bytes) ?? [];
  const { memory, functions } = readImports(bytes, sections);
  const hook = functions.indexOf(interruptHook);
  const target = exportedFunction(bytes, sections, "ProcessInterrupts");
  if (memory === undefined || hook < 0 || target === undefined)
    throw new Error("the engine has no ProcessInterrupts to interrupt");
  return withEdits(bytes, sections, [memory, ...callFirst(bytes, sections, target - functions.length, hook)]);
}

function readerOf(bytes: Uint8Array, sections: readonly Section[], id: number): WebAssemblyReader {
  const section = sections.find((candidate) => candidate.id === id);
  if (section === undefined) throw new Error(`the WebAssembly module has no section ${id}`);
  return new WebAssemblyReader(bytes, section.start);
}

/** The names of imported functions, and the edit that makes the imported memory shared. */
function readImports(bytes: Uint8Array, sections: readonly Section[]) {
  const reader = readerOf(bytes, sections, sectionId.import);
  const functions: string[] = [];
  let memory: Edit | undefined;
  for (let left = reader.number(); left > 0; left--) {
    reader.name();
    const name = reader.name();
    const kind = reader.byte();
    if (kind === kindOf.function) {
      reader.number();
      functions.push(name);
    } else if (kind === kindOf.memory) {
      memory = sharedLimits(reader);
    } else if (kind === kindOf.table) {
      reader.byte();
      sharedLimits(reader);
    } else if (kind === kindOf.global) {
      reader.at += 2;
    } else {
      reader.byte();
      reader.number();
    }
  }
  return { functions, memory };
}

/** Reads the limits of a memory or a table. Shared memory must have a maximum. */
function sharedLimits(reader: WebAssemblyReader): Edit {
  const start = reader.at;
  const flags = reader.byte();
  const minimum = reader.number();
  const maximum = (flags & limitFlag.maximum) === 0 ? largest : reader.number();
  const bytes = [limitFlag.shared | limitFlag.maximum, ...leb128(minimum), ...leb128(maximum)];
  return { start, end: reader.at, bytes };
}

function exportedFunction(
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

/** Inserts a call at the start of a function's body, after its local variables. */
function callFirst(bytes: Uint8Array, sections: readonly Section[], body: number, callee: number): Edit[] {
  const reader = readerOf(bytes, sections, sectionId.code);
  reader.number();
  for (let skipped = 0; skipped < body; skipped++) {
    const size = reader.number();
    reader.at += size;
  }
  const sizeAt = reader.at;
  const size = reader.number();
  const start = reader.at;
  for (let left = reader.number(); left > 0; left--) {
    reader.number();
    reader.byte();
  }
  const call = [callInstruction, ...leb128(callee)];
  return [
    { start: sizeAt, end: start, bytes: leb128(size + call.length) },
    { start: reader.at, end: reader.at, bytes: call },
  ];
}
