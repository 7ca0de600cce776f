import { readSchema } from "../catalog/read.ts";
import { SocratesError } from "../errors.ts";
import { compareChain } from "../migrations/validate.ts";
import type { OpenDatabase } from "../project/open.ts";
import { type DatabaseInput, isAbsent, withDatabases } from "../project/open.ts";
import { phaseReached } from "../project/status.ts";
import type { Extras } from "../schema/extras.ts";
import type { Sharing } from "../schema/sharing.ts";
import { fixedSource, type ReachedPhases, type Source } from "./source.ts";

/** The state of a live database by its ledger. */
export function reachedBy({ chain, ledger }: OpenDatabase): ReachedPhases {
  const statuses = compareChain(chain, ledger);
  return {
    complete: phaseReached(statuses.map(({ phase, row }) => ({ phase, applied: row !== undefined }))) ?? -1,
    begun: Math.max(-1, ...ledger.rows.map(({ phase }) => phase)),
  };
}

function noLedger(label: string): SocratesError {
  return new SocratesError("ledger-missing", `${label} has no ledger, so its phase is unknown`, {
    hint: "Name the phase to compare with: --phase N. To create a new database: socrates-db migrate",
  });
}

export interface LiveOptions {
  /** Whether the phase is known without a ledger. */
  readonly phaseGiven: boolean;
  /** What to read in addition. */
  readonly extras?: Extras;
  /** Shared with the other side of a comparison. */
  readonly sharing?: Sharing;
}

/**
 * Reads live databases, side by side, and also passes their sessions to `work` for further queries.
 * @throws SocratesError `ledger-missing`, and connection errors
 */
export async function withLiveSources<T>(
  inputs: readonly DatabaseInput[],
  { phaseGiven, extras, sharing }: LiveOptions,
  work: (sources: ReadonlyMap<string, Source>, open: readonly OpenDatabase[]) => Promise<T>,
): Promise<T> {
  const absent = inputs.find(isAbsent);
  if (absent !== undefined)
    throw new SocratesError("ledger-missing", `the embedded database ${absent.key} does not exist yet`, {
      hint: "Create it with: socrates-db migrate",
    });
  return withDatabases(inputs, "diff", async (open) => {
    const unledgered = open.find(({ info }) => !info.hasLedger);
    if (unledgered !== undefined && !phaseGiven) throw noLedger(unledgered.session.label);
    const sources = await Promise.all(
      open.map(async (database) => {
        const schema = await readSchema(database.session, { ...extras, sharing });
        const reached = database.info.hasLedger ? reachedBy(database) : undefined;
        return [database.key, fixedSource(database.session.label, schema, reached)] as const;
      }),
    );
    return work(new Map(sources), open);
  });
}
