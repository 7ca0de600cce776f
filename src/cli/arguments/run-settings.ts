import type { ConfigFile } from "../../config/config-values.ts";
import { parseDuration } from "../../config/duration.ts";
import type { Config } from "../../config/load.ts";
import { sharedOptions } from "../../config/shared-options.ts";
import { type FinishedMigration, SocratesError } from "../../errors.ts";
import type { Direction } from "../../migrations/scripts.ts";
import type { RunEvent, RunSettings } from "../../runner/settings.ts";
import { version } from "../../version.ts";
import type { Invocation } from "../commands/command.ts";
import { openProgress } from "../progress/run.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { globalOptions } from "./global-options.ts";
import { runOptions } from "./run-options.ts";

type Bounds = Pick<RunSettings, "lockTimeout" | "lockWait" | "statementTimeout" | "retries">;

/** The default of a missing option, in milliseconds: from the config file, or built in. */
function configuredDuration(file: ConfigFile, key: "lockTimeout" | "lockWait" | "statementTimeout"): number {
  return parseDuration(String(file[key] ?? sharedOptions[key].byDefault), `"${key}" of the config file`);
}

/** The time limits of a run, from the command line, the config file or the defaults. @throws SocratesError `usage` */
export function readBounds({ given }: Invocation, { file }: Config): Bounds {
  return {
    lockTimeout: given(runOptions.lockTimeout) ?? configuredDuration(file, "lockTimeout"),
    lockWait: given(runOptions.lockWait) ?? configuredDuration(file, "lockWait"),
    statementTimeout: given(runOptions.statementTimeout) ?? configuredDuration(file, "statementTimeout"),
    retries: given(runOptions.retries) ?? file.retries ?? sharedOptions.retries.byDefault,
  };
}

function finishedOf({ file, durationMs }: Extract<RunEvent, { kind: "done" }>): FinishedMigration {
  const { database, number, name, phase } = file;
  return { database, number, name, phase, durationMs };
}

/**
 * Runs `work` with the settings of an invocation, with its progress on stderr and Ctrl-C tied to its signal.
 * @throws SocratesError of `work`, with what was done before it
 */
export async function withRunSettings<T>(
  { io, given }: Invocation,
  { selected }: Config,
  bounds: Bounds,
  direction: Direction,
  work: (settings: RunSettings) => Promise<T>,
): Promise<T> {
  const keys = selected.map(({ key }) => key);
  const progress = await openProgress(io, keys, given(globalOptions.quiet));
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
