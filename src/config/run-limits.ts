import type { ConfigFile } from "./config-values.ts";
import { parseDuration } from "./duration.ts";
import { sharedOptions } from "./shared-options.ts";

/** The limits of a run; times in milliseconds. */
export interface RunLimits {
  readonly lockTimeout: number;
  readonly lockWait: number;
  readonly statementTimeout: number;
  readonly retries: number;
}

/** The limits that were given, and for those that were not, what the config file says, or the defaults. */
export function runLimits(
  given: { readonly [Key in keyof RunLimits]?: number | undefined },
  file: ConfigFile,
): RunLimits {
  const configured = (key: "lockTimeout" | "lockWait" | "statementTimeout") =>
    given[key] ??
    parseDuration(String(file[key] ?? sharedOptions[key].byDefault), `"${key}" of the config file`);
  return {
    lockTimeout: configured("lockTimeout"),
    lockWait: configured("lockWait"),
    statementTimeout: configured("statementTimeout"),
    retries: given.retries ?? file.retries ?? sharedOptions.retries.byDefault,
  };
}
