import { sleep } from "../database/deadline.ts";
import { SocratesError } from "../errors.ts";
import { checkLimit } from "../migrations/plan.ts";
import type { Project } from "./open.ts";
import { type DatabaseStatus, status } from "./status.ts";

/** Whether all databases have what is needed, or why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly databases: readonly DatabaseStatus[];
  /** What is missing, sorted by database; `number` is that of the migration. */
  readonly missing: readonly { readonly database: string; readonly number: number; readonly state: string }[];
  /** Databases with migrations that these files do not have: they are newer, not behind. */
  readonly ahead: readonly string[];
}

export interface ReadyOptions {
  /** The phase to wait for; all migrations by default. */
  readonly phase: number | undefined;
  /** How long to wait, in milliseconds; 0 checks once. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  /** Called with what is missing, or why a database cannot be reached, whenever that changes. */
  readonly onWait: (reason: string) => void;
}

/** How long to wait by default, in milliseconds. */
export const readyTimeout = 60_000;

/** Between two looks, in milliseconds: the first and the longest pause. */
const pauses = { first: 100, longest: 2_000 } as const;

/** A database that does not exist, accept connections or have room for one yet may do so soon. */
const passing: ReadonlySet<string> = new Set(["connection-failed", "database-missing", "embedded-locked"]);

function readiness(databases: readonly DatabaseStatus[], phase: number | undefined): Readiness {
  const missing = databases.flatMap(({ key, migrations }) =>
    migrations
      .filter((each) => each.state !== "applied" && each.state !== "ahead")
      .filter((each) => each.state !== "pending" || phase === undefined || each.phase <= phase)
      .map(({ number, state }) => ({ database: key, number, state })),
  );
  const ahead = databases
    .filter(({ migrations }) => migrations.some(({ state }) => state === "ahead"))
    .map(({ key }) => key);
  return { ready: missing.length === 0, databases, missing, ahead };
}

/** What is missing, in a line: `shop: 4 pending; staff: 1 edited`. */
export function missingWords({ missing }: Pick<Readiness, "missing">): string {
  const counts = new Map<string, Map<string, number>>();
  for (const { database, state } of missing) {
    const states = counts.get(database) ?? new Map<string, number>();
    counts.set(database, states.set(state, (states.get(state) ?? 0) + 1));
  }
  return [...counts]
    .map(([key, states]) => `${key}: ${[...states].map(([state, n]) => `${n} ${state}`).join(", ")}`)
    .join("; ");
}

/**
 * Waits until all databases have reached a phase, or the time is over.
 * @returns the last state that was read
 * @throws SocratesError `usage` for a phase without migrations; the last error if the databases could not be reached
 */
export async function waitUntilReady(project: Project, options: ReadyOptions): Promise<Readiness> {
  const { phase, timeout, signal, onWait } = options;
  if (phase !== undefined) checkLimit(project.chains, { phase });
  const end = performance.now() + timeout;
  let pause: number = pauses.first;
  let said = "";
  for (;;) {
    let last: Readiness | undefined;
    let failure: unknown;
    try {
      last = readiness(await status(project), phase);
      if (last.ready) return last;
    } catch (error) {
      if (!(error instanceof SocratesError && passing.has(error.code))) throw error;
      failure = error;
    }
    const reason =
      last === undefined ? (failure instanceof Error ? failure.message : "") : missingWords(last);
    if (timeout > 0 && reason !== said) onWait(reason);
    said = reason;
    const left = end - performance.now();
    if (left <= 0) {
      if (last === undefined) throw failure;
      return last;
    }
    await sleep(Math.min(pause, left), signal);
    signal?.throwIfAborted();
    pause = Math.min(pause * 2, pauses.longest);
  }
}
