import type { Config } from "../../config/load.ts";
import { type FinishedMigration, SocratesError } from "../../errors.ts";
import type { Direction } from "../../migrations/scripts.ts";
import type { RunEvent, RunSettings } from "../../runner/settings.ts";
import { version } from "../../version.ts";
import type { Invocation } from "../commands/command.ts";
import { openProgress } from "../progress/run.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { durationOption, flagOption, numberOption } from "./options.ts";

type Bounds = Pick<RunSettings, "lockTimeout" | "lockWait" | "statementTimeout" | "retries">;

/** The bounds of a run: from the command line, else from the config file, else the defaults. @throws SocratesError `usage` */
export function readBounds({ options }: Invocation, { file }: Config): Bounds {
  return {
    lockTimeout: durationOption(options, "lockTimeout", file.lockTimeout, "5s"),
    lockWait: durationOption(options, "lockWait", file.lockWait, "60s"),
    statementTimeout: durationOption(options, "statementTimeout", file.statementTimeout, "0"),
    retries: numberOption(options, "retries", 0) ?? file.retries ?? 5,
  };
}

function finishedOf({ file, durationMs }: Extract<RunEvent, { kind: "done" }>): FinishedMigration {
  const { database, number, name, phase } = file;
  return { database, number, name, phase, durationMs };
}

/**
 * Runs `work` with the settings of an invocation, its progress on standard error, and Ctrl-C tied to its signal.
 * @throws SocratesError of `work`, with what was done before it
 */
export async function withRunSettings<T>(
  { io, options }: Invocation,
  { selected }: Config,
  bounds: Bounds,
  direction: Direction,
  work: (settings: RunSettings) => Promise<T>,
): Promise<T> {
  const progress = await openProgress(
    io,
    selected.map(({ key }) => key),
    flagOption(options, "quiet"),
  );
  const finished: FinishedMigration[] = [];
  const report = (event: RunEvent) => {
    if (event.kind === "done") finished.push(finishedOf(event));
    progress.report(event);
  };
  try {
    return await withInterrupt(io, (signal) => work({ ...bounds, toolVersion: version, signal, report }));
  } catch (error) {
    if (!(error instanceof SocratesError)) throw error;
    throw error.with({ finished: { direction, migrations: finished } });
  } finally {
    progress.stop();
  }
}
