/** How far the build of an index is, as `pg_stat_progress_create_index` has it (manual, section 27.4.2). */
export interface BuildProgress {
  /** PostgreSQL's name of the step, such as `building index: scanning table`. */
  readonly phase: string;
  /** What the step has done and has to do, in its own unit; absent where PostgreSQL does not count. */
  readonly part?: {
    readonly done: number;
    readonly total: number;
    readonly unit: "blocks" | "tuples" | "sessions";
  };
  /** Milliseconds since the step was first seen. */
  readonly elapsedMs: number;
  /** Milliseconds that the step takes at the same speed; absent before it has done enough to tell. */
  readonly remainingMs?: number;
  /** What it waits for, and who holds it. */
  readonly blocked?: string;
}

/** A row of the view. */
export interface BuildRow {
  readonly phase: string;
  readonly blocksDone: number;
  readonly blocksTotal: number;
  readonly tuplesDone: number;
  readonly tuplesTotal: number;
  readonly lockersDone: number;
  readonly lockersTotal: number;
}

/** SQL for the index that a backend builds now. */
export function buildSql(pid: number): string {
  return `SELECT phase, blocks_done::float8 AS "blocksDone", blocks_total::float8 AS "blocksTotal", tuples_done::float8 AS "tuplesDone",
  tuples_total::float8 AS "tuplesTotal", lockers_done::float8 AS "lockersDone", lockers_total::float8 AS "lockersTotal"
FROM pg_stat_progress_create_index WHERE pid = ${pid}`;
}

/** Less of a step tells nothing about the rest. */
const leastPart = 0.05;

function partOf(row: BuildRow): BuildProgress["part"] {
  const { phase, blocksDone, blocksTotal, tuplesDone, tuplesTotal, lockersDone, lockersTotal } = row;
  if (phase.startsWith("waiting"))
    return lockersTotal === 0 ? undefined : { done: lockersDone, total: lockersTotal, unit: "sessions" };
  if (tuplesTotal > 0) return { done: tuplesDone, total: tuplesTotal, unit: "tuples" };
  return blocksTotal === 0 ? undefined : { done: blocksDone, total: blocksTotal, unit: "blocks" };
}

/** Follows one build, step by step. */
export class BuildClock {
  private phase = "";
  private since = 0;

  /** @param now milliseconds of any clock */
  progress(row: BuildRow, now: number, blocked: string | undefined): BuildProgress {
    if (row.phase !== this.phase) {
      this.phase = row.phase;
      this.since = now;
    }
    const part = partOf(row);
    const elapsedMs = now - this.since;
    const ratio = part === undefined ? 0 : part.done / part.total;
    const isCounted = part !== undefined && part.unit !== "sessions" && ratio >= leastPart && elapsedMs > 0;
    return {
      phase: row.phase,
      ...(part && { part }),
      elapsedMs: Math.round(elapsedMs),
      ...(isCounted && { remainingMs: Math.round((elapsedMs * (1 - ratio)) / ratio) }),
      ...(blocked !== undefined && { blocked }),
    };
  }
}

/** `building index: scanning table, 45 %, about 12 s left in this step`. */
export function describeBuild({ phase, part, remainingMs, blocked }: BuildProgress): string {
  const done =
    part === undefined
      ? undefined
      : part.unit === "sessions"
        ? `${part.done} of ${part.total} sessions`
        : `${Math.floor((100 * part.done) / part.total)} %`;
  const left =
    remainingMs === undefined ? undefined : `about ${Math.ceil(remainingMs / 1000)} s left in this step`;
  return [phase, done, left, blocked].filter((text) => text !== undefined).join(", ");
}
