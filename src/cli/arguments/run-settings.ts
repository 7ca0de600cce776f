import type { Config } from "../../config/load.ts";
import { type RunLimits, runLimits } from "../../config/run-limits.ts";
import type { Direction } from "../../migrations/scripts.ts";
import { withFinished } from "../../runner/finished.ts";
import type { RunSettings } from "../../runner/settings.ts";
import { version } from "../../version.ts";
import type { Invocation } from "../commands/command.ts";
import { openProgress } from "../progress/run.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { globalOptions } from "./global-options.ts";
import { runOptions } from "./run-options.ts";

/** The limits of a run, from the command line, the config file or the defaults. @throws SocratesError `usage` */
export function readLimits({ given }: Invocation, { file }: Config): RunLimits {
  const { lockTimeout, lockWait, statementTimeout, retries } = runOptions;
  return runLimits(
    {
      lockTimeout: given(lockTimeout),
      lockWait: given(lockWait),
      statementTimeout: given(statementTimeout),
      retries: given(retries),
    },
    file,
  );
}

/**
 * Runs `work` with the settings of an invocation, with its progress on stderr and Ctrl-C tied to its signal.
 * @throws SocratesError of `work`, with what was done before it
 */
export async function withRunSettings<T>(
  { io, given }: Invocation,
  { selected }: Config,
  limits: RunLimits,
  direction: Direction,
  work: (settings: RunSettings) => Promise<T>,
): Promise<T> {
  const keys = selected.map(({ key }) => key);
  const progress = await openProgress(io, keys, given(globalOptions.quiet));
  try {
    return await withFinished(direction, progress.report, (report) =>
      withInterrupt(io, (signal) => work({ ...limits, toolVersion: version, signal, report })),
    );
  } finally {
    progress.stop();
  }
}
