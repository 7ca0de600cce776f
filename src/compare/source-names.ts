/** The sources that have a name. */
export const sourceNames = ["document", "live", "migrations"] as const;

/** Whether a source is one of those that have a name. */
export function isSourceName(source: string): source is (typeof sourceNames)[number] {
  return sourceNames.some((name) => name === source);
}
