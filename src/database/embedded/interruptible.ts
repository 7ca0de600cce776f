import { bodyOf, exportedFunction, type Limits, readImports } from "./webassembly-module.ts";
import {
  type Edit,
  leb128,
  type Section,
  sectionsOf,
  withEdits,
  withSectionSizes,
} from "./webassembly-reader.ts";

/**
 * Changes PostgreSQL's modules so that a running statement can be interrupted. Two things are missing:
 * - The program's thread must be able to set PostgreSQL's flag `InterruptPending` while the worker computes, so the
 *   memory is shared between threads. The modules import it; only the flags of that import differ.
 * - PostgreSQL must then ask what happened, as it has no signals: `ProcessInterrupts`, which it calls when the flag is
 *   set, calls {@link interruptHook} first.
 */

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
  const { memory } = readImports(bytes, sections);
  return memory === undefined ? bytes : withEdits(bytes, withSectionSizes(sections, [sharedLimits(memory)]));
}

/**
 * The edits that give PostgreSQL's main module shared memory and the hook, in order of their place.
 * @throws Error when the module does not have what they need
 */
export function interruptibleEdits(bytes: Uint8Array): readonly Edit[] {
  const sections = sectionsOf(bytes) ?? [];
  const { memory, functions } = readImports(bytes, sections);
  const hook = functions.indexOf(interruptHook);
  const target = exportedFunction(bytes, sections, "ProcessInterrupts");
  if (memory === undefined || hook < 0 || target === undefined)
    throw new Error("the engine has no ProcessInterrupts to interrupt");
  const call = callFirst(bytes, sections, target - functions.length, hook);
  return withSectionSizes(sections, [sharedLimits(memory), ...call]);
}

/** Shared memory must have a maximum. */
function sharedLimits({ start, end, minimum, maximum = largest }: Limits): Edit {
  const bytes = [limitFlag.shared | limitFlag.maximum, ...leb128(minimum), ...leb128(maximum)];
  return { start, end, bytes };
}

/** Inserts a call at the start of a function's body, after its local variables. */
function callFirst(bytes: Uint8Array, sections: readonly Section[], body: number, callee: number): Edit[] {
  const { sizeAt, reader, end } = bodyOf(bytes, sections, body);
  const start = reader.at;
  for (let left = reader.number(); left > 0; left--) {
    reader.number();
    reader.byte();
  }
  const call = [callInstruction, ...leb128(callee)];
  return [
    { start: sizeAt, end: start, bytes: leb128(end - start + call.length) },
    { start: reader.at, end: reader.at, bytes: call },
  ];
}
