import { describe, expect, it } from "vitest";
import { keysWithoutParent } from "../../src/verify/references/merge.ts";

/** Encoded keys: preceded by their length if it is variable, and followed by a count if counted. */
function chunkOf(keys: readonly string[], fixed: boolean, counted: boolean): Buffer {
  return Buffer.concat(
    keys.flatMap((key) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(key));
      return [...(fixed ? [] : [length]), Buffer.from(key), ...(counted ? [Buffer.alloc(8, 1)] : [])];
    }),
  );
}

function sorted(keys: Iterable<string>): string[] {
  return [...new Set(keys)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** A small seeded generator (Lehmer, 1951). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
}

describe.each([true, false])("merging keys, all of one length: %s", (fixed) => {
  it.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    "finds those without a parent, seed %i",
    async (seed) => {
      const next = numbers(seed);
      const key = () => {
        const n = next() % 97;
        return fixed ? String(n).padStart(3, "0") : "xy".repeat(n % 4) + n;
      };
      const children = sorted(Array.from({ length: next() % 40 }, key));
      const parents = sorted(Array.from({ length: next() % 60 }, key));
      const size = 1 + (next() % 9);
      const absent = await keysWithoutParent(
        chunkOf(children, fixed, true),
        fixed ? 3 : undefined,
        undefined,
        async (after) => {
          const start = after === undefined ? 0 : parents.indexOf(after.toString()) + 1;
          const part = parents.slice(start, start + size);
          return { bytes: chunkOf(part, fixed, false), more: part.length === size };
        },
      );
      expect(absent.map(String)).toEqual(children.filter((child) => !parents.includes(child)));
    },
  );
});
