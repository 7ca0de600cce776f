import { parseDuration } from "../config/duration.ts";
import type { Config } from "../config/load.ts";
import { type RunLimits, runLimits } from "../config/run-limits.ts";
import { sharedOptions } from "../config/shared-options.ts";
import { type IgnoreRule, ignoreRule } from "../diff/ignore.ts";
import type { RunEvent } from "../runner/settings.ts";
import type { Severity } from "../severity.ts";

/** A duration: milliseconds, or a text such as `5s`. */
export type Duration = number | string;

/** Options of everything that can take long. */
export interface SignalOptions {
  /** Cancels what runs, and rolls it back. */
  readonly signal?: AbortSignal;
}

/** Options of the runs that change databases; what is missing comes from the config file, or is the default. */
export interface RunOptions extends SignalOptions {
  readonly lockTimeout?: Duration;
  readonly lockWait?: Duration;
  readonly statementTimeout?: Duration;
  readonly retries?: number;
  /** Receives what happens during the run. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** Options of the reports of findings. */
export interface FindingsOptions {
  /** Globs of objects to leave out, or of one of their attributes: `public.tmp_*`, `public.users:comment`. */
  readonly ignore?: readonly string[];
  /** The lowest severity to report. */
  readonly severity?: Severity;
}

function milliseconds(name: string, duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(String(duration), name);
}

/** @throws SocratesError `usage` for a text that is no duration */
export function limitsOf(options: RunOptions, { file }: Config): RunLimits {
  const { lockTimeout, lockWait, statementTimeout, retries } = options;
  return runLimits(
    {
      lockTimeout: milliseconds("lockTimeout", lockTimeout),
      lockWait: milliseconds("lockWait", lockWait),
      statementTimeout: milliseconds("statementTimeout", statementTimeout),
      retries,
    },
    file,
  );
}

/** The rules to ignore of a call and of the config file, and the lowest severity. */
export function filterOf(
  { ignore = [], severity }: FindingsOptions,
  { file }: Config,
): { readonly ignore: readonly IgnoreRule[]; readonly severity: Severity } {
  const configured = file.ignore ?? [];
  return {
    ignore: [
      ...ignore.map((glob) => ignoreRule(glob)),
      ...configured.map(({ object, reason }) => ignoreRule(object, reason)),
    ],
    severity: severity ?? file.severity ?? sharedOptions.severity.byDefault,
  };
}

/** How long to wait for a quiet moment, in milliseconds. @throws SocratesError `usage` for a text that is not a duration */
export function quietOf({ waitForQuiet }: { readonly waitForQuiet?: Duration }): number | undefined {
  return milliseconds("waitForQuiet", waitForQuiet);
}
