import { starred } from "../sql/secrets.ts";
import { locate } from "../sql/source-file.ts";
import type { Blocking, Lock } from "./locks.ts";
import { onVersion } from "./older-versions.ts";
import { isMeasured, type Outcome } from "./outcome.ts";
import type { RehearsedChain, RehearsedScript } from "./rehearse-chain.ts";
import type { RehearsedSizes } from "./sizes/of-chain.ts";
import type { Sizes } from "./sizes/stated.ts";
import { refusedBy } from "./version-rules.ts";

/** A rehearsed chain with the version whose rules apply. */
export interface Rehearsed extends RehearsedChain {
  /** `server_version_num` of the target, or of the oldest supported server. */
  readonly version: number;
  /** The sizes of the measured statements, and where they are from; undefined without statistics. */
  readonly sizes?: RehearsedSizes | undefined;
}

/** A lock, as reports have it. */
export interface ReportedLock {
  readonly relation: string;
  /** As pg_locks writes it. */
  readonly mode: string;
}

/** A statement of a rehearsal, as reports have it. */
export interface RehearsedStatement extends Sizes {
  readonly database: string;
  readonly file: string;
  readonly line: number;
  readonly sql: string;
  readonly locks: readonly ReportedLock[];
  readonly held: readonly ReportedLock[];
  readonly rewrites: readonly string[];
  readonly scans: readonly string[];
  readonly blocks: Blocking;
  readonly measured: boolean;
  /** Why it was not measured. */
  readonly reason?: string;
  /** SQLSTATE of the failure. */
  readonly error?: string;
  /** Whether its success, or how long it takes, depends on which rows there are. */
  readonly dependsOnRows?: true;
}

const nothing = { locks: [], held: [], rewrites: [], scans: [], blocks: "nothing" } as const;

function reported(locks: readonly Lock[]): ReportedLock[] {
  return locks.map(({ relation, mode }) => ({ relation, mode }));
}

/** Whether rows decide on success or duration: rows change, or each existing one is checked or converted. */
function dependsOnRows(outcome: Outcome): boolean {
  if (!isMeasured(outcome)) return false;
  const writes = outcome.locks.some(({ mode, kind }) => mode === "RowExclusiveLock" && /[rp]/.test(kind));
  return (
    writes || outcome.scans.length > 0 || outcome.rewrites.length > 0 || outcome.dataFailure !== undefined
  );
}

function statementOf(
  { file }: RehearsedScript,
  outcome: Outcome,
  { version, sizes }: Pick<Rehearsed, "version" | "sizes">,
): RehearsedStatement {
  const { location } = locate(file.source, outcome.statement.offset);
  const place = {
    database: file.database,
    file: location.file,
    line: location.line,
    sql: starred(outcome.statement.text),
  };
  const refused = refusedBy(outcome, version);
  if (refused !== undefined) return { ...place, ...nothing, measured: false, reason: refused };
  if (!isMeasured(outcome)) {
    const { reason, error, locksTaken = [] } = outcome;
    const locks = reported(locksTaken);
    return {
      ...place,
      ...nothing,
      locks,
      held: locks,
      measured: false,
      reason,
      ...(error && { error: error.code }),
    };
  }
  const { locks, held, rewrites, scans, blocks } = onVersion(outcome, version);
  return {
    ...place,
    locks: reported(locks),
    held: reported(held),
    rewrites,
    scans,
    blocks,
    measured: true,
    ...(dependsOnRows(outcome) && { dependsOnRows: true }),
    ...sizes?.of.get(outcome),
  };
}

/** The statements of a database's files, in order. */
export function statementsOf(rehearsed: Rehearsed): RehearsedStatement[] {
  return rehearsed.scripts.flatMap((script) =>
    script.outcomes.map((outcome) => statementOf(script, outcome, rehearsed)),
  );
}
