/** The named sources. */
export const sourceNames = ["document", "live", "migrations"] as const;

/** Whether a source is a named one. */
export function isSourceName(source: string): source is (typeof sourceNames)[number] {
  return sourceNames.some((name) => name === source);
}
