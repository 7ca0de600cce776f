import type { ServerError } from "../database/server-error.ts";
import type { Statement } from "../sql/statements.ts";
import type { CatalogFacts } from "./catalog-facts.ts";
import type { Effects } from "./effects.ts";
import type { Blocking, Lock } from "./locks.ts";
import type { PlannedReads } from "./sizes/reads.ts";

/** What a statement does, as it was measured. */
export interface Measured extends Effects {
  readonly statement: Statement;
  /** All modes that it takes on relations that existed before the run. */
  readonly locks: readonly Lock[];
  /** The same for its transaction, up to and including it. */
  readonly held: readonly Lock[];
  readonly blocks: Blocking;
  readonly before: CatalogFacts;
  readonly after: CatalogFacts;
  /** How it fails on rows that its tables may have; it was then measured without generated rows. */
  readonly dataFailure?: ServerError;
  /** Where it has a plan, and the figures of the target are known. */
  readonly reads?: PlannedReads;
}

/** A statement that failed, or was not run. */
export interface Unmeasured {
  readonly statement: Statement;
  readonly reason: string;
  /** Undefined for a statement that was not run. */
  readonly error?: ServerError;
  /** Whether the shadow is to blame: it lacks an extension. */
  readonly lacking: boolean;
  /** The locks that it takes before it fails, where they are known. */
  readonly locksTaken?: readonly Lock[];
}

export type Outcome = Measured | Unmeasured;

export function isMeasured(outcome: Outcome): outcome is Measured {
  return "locks" in outcome;
}
