/** The clock of `perf_hooks` without the rest of it, which takes some time to load. */
export const performance = { now: () => Number(process.hrtime.bigint()) / 1e6 };
