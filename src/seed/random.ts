import { Id } from "./id.ts";

/**
 * Random numbers that are the same on every machine: 32-bit integers, no clock, and only products and quotients of
 * floating-point numbers, which IEEE 754 rounds exactly. `Math.random`, `Math.log` and the like are not specified to
 * the last bit.
 */

/** Kinds of things, each with separate identities and random numbers. Never renumber: ids depend on these. */
export const kind = {
  user: 1,
  project: 2,
  session: 3,
  turn: 4,
  refreshToken: 5,
  resetRequest: 6,
  userRules: 7,
  apiKey: 8,
  team: 9,
  member: 10,
  invitation: 11,
  question: 12,
  specification: 13,
  conflict: 14,
  metric: 15,
  maturity: 16,
  testResult: 17,
  usage: 18,
  generation: 19,
  file: 20,
  pattern: 21,
  effectiveness: 22,
  document: 23,
  share: 24,
  audit: 25,
  cluster: 26,
} as const;
export type EntityKind = (typeof kind)[keyof typeof kind];

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

/** The result of `reseed`. */
const words = new Int32Array(4);

/**
 * Mixes seed, kind and ordinal into four words. The quarter round of ChaCha (RFC 8439, section 2.1) is a permutation
 * of 128 bits: different inputs cannot give the same words.
 */
function reseed(seed: number, of: EntityKind, ordinal: number): void {
  let a = seed ^ 0x61707865;
  let b = of ^ 0x3320646e;
  let c = (ordinal % 0x1_0000_0000) ^ 0x79622d32;
  let d = Math.floor(ordinal / 0x1_0000_0000) ^ 0x6b206574;
  for (let round = 0; round < 6; round++) {
    a = (a + b) | 0;
    d = rotate(d ^ a, 16);
    c = (c + d) | 0;
    b = rotate(b ^ c, 12);
    a = (a + b) | 0;
    d = rotate(d ^ a, 8);
    c = (c + d) | 0;
    b = rotate(b ^ c, 7);
  }
  words[0] = a;
  words[1] = b;
  words[2] = c;
  words[3] = d;
}

/** The id of a thing, in the form of a random UUID (RFC 9562, section 5.4). */
export function uuid(seed: number, of: EntityKind, ordinal: number): Id {
  reseed(seed, of, ordinal);
  const version = ((words[1] ?? 0) & ~0xf000) | 0x4000;
  const variant = ((words[2] ?? 0) & 0x3fff_ffff) | 0x8000_0000;
  return new Id(words[0] ?? 0, version, variant, words[3] ?? 0);
}

const token = Buffer.alloc(64);

/**
 * A stream of random numbers for one thing: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47, 2021). Any stream can be started at any time, so no row depends on the rows before it.
 */
export class Random {
  private s0 = 0;
  private s1 = 0;
  private s2 = 0;
  private s3 = 0;

  /** Starts the stream of a thing. */
  open(seed: number, of: EntityKind, ordinal: number): this {
    reseed(seed ^ 0x5eed5eed, of, ordinal);
    this.s0 = words[0] ?? 0;
    this.s1 = words[1] ?? 0;
    this.s2 = words[2] ?? 0;
    this.s3 = words[3] ?? 0;
    return this;
  }

  /** 32 random bits, as a non-negative number. */
  next(): number {
    const result = Math.imul(rotate(Math.imul(this.s1, 5), 7), 9);
    const t = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= t;
    this.s3 = rotate(this.s3, 11);
    return result >>> 0;
  }

  /** An integer from 0 to `limit` - 1; `limit` is at most 2^21, so that the product is exact. */
  below(limit: number): number {
    return Math.floor((this.next() * limit) / 0x1_0000_0000);
  }

  /** An integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True in this percentage of cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError("there is nothing to choose from");
    return item;
  }

  /**
   * A count with a long tail, at least 1: it is at least k in one of k cases (a Pareto distribution of exponent 1),
   * up to `most`.
   */
  heavy(most: number): number {
    return Math.min(most, Math.floor(0x1_0000_0000 / (this.next() + 1)));
  }

  /** This many random bytes as hexadecimal digits; a multiple of 4, at most 64. */
  hex(bytes: number): string {
    for (let i = 0; i < bytes; i += 4) token.writeUInt32BE(this.next(), i);
    return token.toString("hex", 0, bytes);
  }
}
