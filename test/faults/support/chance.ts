/** Reproducible random numbers from 0 to 1 (mulberry32), and the seed, to be printed. */
export function chance(seed = Math.floor(Math.random() * 2 ** 31)): { seed: number; next: () => number } {
  let state = seed;
  return {
    seed,
    next: () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
