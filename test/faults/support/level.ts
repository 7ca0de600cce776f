/** Whether all faults are injected, or only fast ones: `npm run test:faults` or `npm run test:faults:fast`. */
export const full = process.env["SOCRATES_DB_FAULTS"] === "full";

/** How often to repeat: `few` times in the fast subset, `many` times in full. */
export function times(few: number, many: number): number {
  return full ? many : few;
}

/** Why a slow test is left out of the fast subset; undefined in full. */
export const slow = full ? undefined : "takes minutes: part of npm run test:faults";
