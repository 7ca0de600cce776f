/** Times of seeded rows: whole seconds since 1970, in UTC. */

/** All that is seeded lies in the two years before this instant, 2026-01-01 00:00 UTC, whenever it is seeded. */
export const now = Date.UTC(2026, 0, 1) / 1000;

/** When the first user came. */
export const beginning = Date.UTC(2024, 0, 1) / 1000;

export const minute = 60;
export const hour = 60 * minute;
export const day = 24 * hour;

const two = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, "0"));

/** Days are few and rows are many. */
const days = new Map<number, string>();

function dayText(number: number): string {
  let text = days.get(number);
  if (text === undefined) {
    text = new Date(number * day * 1000).toISOString().slice(0, 10);
    days.set(number, text);
  }
  return text;
}

/** As PostgreSQL reads and prints it: `2025-03-04 05:06:07`. */
export function timestamp(seconds: number): string {
  const number = Math.floor(seconds / day);
  const rest = seconds - number * day;
  return `${dayText(number)} ${two[Math.floor(rest / hour)]}:${two[Math.floor(rest / minute) % 60]}:${two[rest % 60]}`;
}

/** A time that may not have come, as a field of COPY. */
export function timestampOrNull(seconds: number | null): string {
  return seconds === null ? "\\N" : timestamp(seconds);
}
