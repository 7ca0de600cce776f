/** Times of seeded rows: seconds since 1970, in UTC. */

/** All seeded times are in the two years before this instant, 2026-01-01 00:00 UTC, whenever seed runs. */
export const now = Date.UTC(2026, 0, 1) / 1000;

/** When the first user registered. */
export const beginning = Date.UTC(2024, 0, 1) / 1000;

export const minute = 60;
export const hour = 60 * minute;
export const day = 24 * hour;
