/** Modes of locks on relations as pg_locks writes them, from the weakest (manual, section 13.3.1). */
const modes = [
  "AccessShareLock",
  "RowShareLock",
  "RowExclusiveLock",
  "ShareUpdateExclusiveLock",
  "ShareLock",
  "ShareRowExclusiveLock",
  "ExclusiveLock",
  "AccessExclusiveLock",
] as const;
export type LockMode = (typeof modes)[number];

/** The weakest mode that each one excludes; it excludes all stronger ones too, except that ShareLock admits itself. */
const weakestExcluded: Readonly<Record<LockMode, LockMode>> = {
  AccessShareLock: "AccessExclusiveLock",
  RowShareLock: "ExclusiveLock",
  RowExclusiveLock: "ShareLock",
  ShareUpdateExclusiveLock: "ShareUpdateExclusiveLock",
  ShareLock: "RowExclusiveLock",
  ShareRowExclusiveLock: "RowExclusiveLock",
  ExclusiveLock: "RowShareLock",
  AccessExclusiveLock: "AccessShareLock",
};

function isMode(text: string): text is LockMode {
  return modes.some((mode) => mode === text);
}

/** Whether a mode is at least as strong as another. */
export function isAtLeastMode(mode: string, least: LockMode): boolean {
  return isMode(mode) && modes.indexOf(mode) >= modes.indexOf(least);
}

/** Whether two sessions cannot hold these modes on one relation at the same time. */
export function excludes(mode: string, other: string): boolean {
  if (!isMode(mode) || (mode === "ShareLock" && other === "ShareLock")) return false;
  return isAtLeastMode(other, weakestExcluded[mode]);
}
