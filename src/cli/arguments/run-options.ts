import { sharedOptions } from "../../config/shared-options.ts";
import { duration, integer } from "./option.ts";

/** The time limits of a run, for commands that change databases. */
export const runOptions = {
  lockTimeout: duration("--lock-timeout <time>", sharedOptions.lockTimeout),
  lockWait: duration("--lock-wait <time>", sharedOptions.lockWait),
  statementTimeout: duration("--statement-timeout <time>", sharedOptions.statementTimeout),
  retries: integer("--retries <n>", { ...sharedOptions.retries, min: 0 }),
} as const;
