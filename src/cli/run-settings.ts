import type { Config } from "../config/load.ts";
import type { RunSettings } from "../migrations/settings.ts";
import { version } from "../version.ts";
import type { Invocation } from "./commands/command.ts";
import { withInterrupt } from "./interrupt.ts";
import { durationOption, flagOption, numberOption } from "./options.ts";
import { openProgress } from "./progress.ts";

/** Runs `work` with the settings of an invocation, its progress on standard error, and Ctrl-C tied to its signal. */
export async function withRunSettings<T>(
  { io, options }: Invocation,
  { file, selected }: Config,
  work: (settings: RunSettings) => Promise<T>,
): Promise<T> {
  const bounds = {
    lockTimeout: durationOption(options, "lockTimeout", file.lockTimeout, "5s"),
    lockWait: durationOption(options, "lockWait", file.lockWait, "60s"),
    statementTimeout: durationOption(options, "statementTimeout", file.statementTimeout, "0"),
    retries: numberOption(options, "retries", 0) ?? file.retries ?? 5,
    toolVersion: version,
  };
  const progress = await openProgress(
    io,
    selected.map(({ key }) => key),
    flagOption(options, "quiet"),
  );
  try {
    return await withInterrupt(io, (signal) => work({ ...bounds, signal, report: progress.report }));
  } finally {
    progress.stop();
  }
}
