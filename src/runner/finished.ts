import { type FinishedMigration, SocratesError } from "../errors.ts";
import type { Direction } from "../migrations/scripts.ts";
import type { RunEvent } from "./settings.ts";

function finishedOf({ file, durationMs }: Extract<RunEvent, { kind: "done" }>): FinishedMigration {
  const { database, number, name, phase } = file;
  return { database, number, name, phase, durationMs };
}

/**
 * Runs `work` with a listener for its events, which are passed on to `report`.
 * @throws SocratesError of `work`, with what was done before it
 */
export async function withFinished<T>(
  direction: Direction,
  report: (event: RunEvent) => void,
  work: (report: (event: RunEvent) => void) => Promise<T>,
): Promise<T> {
  const finished: FinishedMigration[] = [];
  try {
    return await work((event) => {
      if (event.kind === "done") finished.push(finishedOf(event));
      report(event);
    });
  } catch (error) {
    if (!(error instanceof SocratesError)) throw error;
    throw error.with({ finished: { direction, migrations: finished } });
  }
}
