import { isMeasured } from "../../outcome.ts";
import type { Found, HazardRule } from "../hazard.ts";
import type { MigrationRun } from "../run.ts";

/** A statement that fails with one of these errors. */
function failing(
  applies: (code: string, text: string) => boolean,
  message: (reason: string) => string,
): HazardRule["find"] {
  return ({ outcomes }: MigrationRun) =>
    outcomes.flatMap((outcome, at): Found[] => {
      if (isMeasured(outcome) || outcome.error === undefined || outcome.lacking) return [];
      const { code, message: text, detail = "" } = outcome.error;
      return applies(code, `${text}\n${detail}`) ? [{ at, message: message(outcome.reason) }] : [];
    });
}

const isOfView = (text: string) => /\b(?:view|rule)\b/.test(text);

export const failureRules: readonly HazardRule[] = [
  {
    id: "view-blocks-change",
    find: failing(
      (code, text) => (code === "0A000" || code === "2BP01") && isOfView(text) && !/concurrently/i.test(text),
      (reason) => `a view keeps it from running: ${reason}`,
    ),
  },
  {
    id: "drop-used",
    find: failing(
      (code, text) => code === "2BP01" && !isOfView(text),
      (reason) => `what it drops is still used: ${reason}`,
    ),
  },
  {
    id: "enum-value-same-transaction",
    find: failing(
      (code) => code === "55P04",
      (reason) => `the new value cannot be used before the commit: ${reason}`,
    ),
  },
  {
    id: "pending-trigger-events",
    find: failing(
      (code, text) => code === "55006" && /pending trigger events/.test(text),
      (reason) => `a deferred check is still to come: ${reason}`,
    ),
  },
  {
    id: "data-dependent-failure",
    find: (run) => [
      ...failing(
        (code) => /^(?:21|22|23)/.test(code),
        (reason) => `it fails on the rows that the migrations have made: ${reason}`,
      )(run),
      ...run.steps.flatMap(({ at, dataFailure }): Found[] =>
        dataFailure === undefined
          ? []
          : [
              {
                at,
                message: `whether it succeeds depends on the rows; on generated ones it failed: ${dataFailure.message}`,
              },
            ],
      ),
    ],
  },
];
