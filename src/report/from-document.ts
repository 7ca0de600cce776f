import type { Finding, Summary } from "../diff/finding.ts";
import type { FromDocumentResult } from "../scripts/from-document.ts";

/** The JSON of `create --from document`. */
export interface FromDocumentReport {
  readonly schemaVersion: 1;
  readonly files: readonly {
    readonly database: string;
    readonly number: number;
    readonly phase: number;
    readonly up: string;
    /** Null for a migration that is marked as irreversible. */
    readonly down: string | null;
  }[];
  readonly findings: readonly Finding[];
  readonly summary: Summary;
}

/** The report of the migrations that were written. @param show how a path is written */
export function fromDocumentReport(
  { written, findings }: FromDocumentResult,
  summary: Summary,
  show: (file: string) => string = (file) => file,
): FromDocumentReport {
  return {
    schemaVersion: 1,
    files: written.map(({ up, down, ...rest }) => ({
      ...rest,
      up: show(up),
      down: down === undefined ? null : show(down),
    })),
    findings,
    summary,
  };
}
