import type { Finding, Summary } from "../diff/finding.ts";
import type { RepairResult } from "../scripts/repair.ts";

/** Scripts that change schemas, by database. */
export interface RepairReport {
  readonly schemaVersion: 1;
  readonly databases: Readonly<
    Record<
      string,
      {
        readonly phase: number;
        /** The script for psql; null if both sides are equal, or nothing is proven. */
        readonly script: string | null;
        /** Its statements, without its settings. */
        readonly statements: readonly {
          readonly sql: string;
          readonly what: string;
          readonly destroysRows: boolean;
          /** The strongest lock that it takes on relations that exist; null for none. */
          readonly lock: { readonly mode: string; readonly relations: readonly string[] } | null;
          readonly cost: string;
        }[];
      }
    >
  >;
  readonly findings: readonly Finding[];
  readonly summary: Summary;
}

/** The report of scripts. */
export function repairReport({ databases, findings }: RepairResult, summary: Summary): RepairReport {
  return {
    schemaVersion: 1,
    databases: Object.fromEntries(
      databases.map(({ key, phase, script, statements }) => [
        key,
        {
          phase,
          script: script ?? null,
          statements: statements.map(({ lock, object: _, ...statement }) => ({
            ...statement,
            lock: lock ?? null,
          })),
        },
      ]),
    ),
    findings,
    summary,
  };
}
