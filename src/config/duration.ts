import { SocratesError } from "../errors.ts";

const units = { ms: 1, s: 1_000, min: 60_000, m: 60_000, h: 3_600_000 } as const;

/** A number and its unit. */
export const durationPattern = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)?$/;

/** PostgreSQL's maximum for a timeout: an int4 of milliseconds (manual, section 20.11). */
export const longestDuration = 2_147_483_647;

/**
 * Parses a duration such as `500ms`, `5s`, `2min` or `1h`; a bare number is milliseconds, as in PostgreSQL's
 * settings.
 * @returns milliseconds
 * @throws SocratesError `usage`
 */
export function parseDuration(text: string, name: string): number {
  const match = durationPattern.exec(text.trim());
  const unit = match?.[2] ?? "ms";
  const factor = Object.entries(units).find(([key]) => key === unit)?.[1] ?? 1;
  const milliseconds = match === null ? Number.NaN : Math.round(Number(match[1]) * factor);
  if (!(milliseconds <= longestDuration))
    throw new SocratesError("usage", `${name} "${text}" is not a duration`, {
      hint: "Use for example 500ms, 5s, 2min or 1h.",
    });
  return milliseconds;
}
