import type { Config } from "../config/load.ts";
import type { RunSettings } from "../migrations/settings.ts";
import { version } from "../version.ts";
import type { Invocation } from "./commands/command.ts";
import { withInterrupt } from "./interrupt.ts";
import { durationOption, flagOption, numberOption } from "./options.ts";
import { openProgress } from "./progress.ts";

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

/** Runs `work` with the settings of an invocation, its progress on standard error, and Ctrl-C tied to its signal. */
export async function withRunSettings<T>(
  { io, options }: Invocation,
  { selected }: Config,
  bounds: Bounds,
  work: (settings: RunSettings) => Promise<T>,
): Promise<T> {
  const progress = await openProgress(
    io,
    selected.map(({ key }) => key),
    flagOption(options, "quiet"),
  );
  try {
    return await withInterrupt(io, (signal) =>
      work({ ...bounds, toolVersion: version, signal, report: progress.report }),
    );
  } finally {
    progress.stop();
  }
}
