import { codeOf } from "../../database/failure.ts";
import type { Session } from "../../database/session.ts";
import { oneLine } from "../../database/target.ts";
import type { Finding } from "../../diff/finding.ts";
import { checkAcross } from "./across.ts";
import { orphanFinding, unreadableFinding } from "./findings.ts";
import { nameOf, type Reference, type ReferenceResult } from "./reference.ts";
import { checkValues, type ListedColumn, type ValuesResult, valuesFinding } from "./values.ts";
import { checkWithin } from "./within.ts";

export interface ReferenceRun {
  readonly references: readonly ReferenceResult[];
  readonly values: readonly ValuesResult[];
  readonly findings: readonly Finding[];
}

export interface RunOptions {
  /** The maximum number of dangling rows to list for each reference. */
  readonly sampleSize: number;
  /** Called while a reference is checked, with the number checked so far. */
  readonly onProgress: (what: string, checked: number) => void;
}

const insufficientPrivilege = "42501";

/** The result, or the reason why a role may not read it. */
async function unlessForbidden<T>(work: Promise<T>): Promise<T | string> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) !== insufficientPrivilege || !(error instanceof Error)) throw error;
    return oneLine(error.message);
  }
}

/** Checks references and listed values one after the other: each database has one session. */
export async function runReferences(
  references: readonly Reference[],
  columns: readonly ListedColumn[],
  sessions: ReadonlyMap<string, Session>,
  { sampleSize, onProgress }: RunOptions,
): Promise<ReferenceRun> {
  const sessionOf = (database: string) => {
    const session = sessions.get(database);
    if (session === undefined) throw new Error(`${database} is not open`);
    return session;
  };
  const findings: Finding[] = [];
  const results: ReferenceResult[] = [];
  for (const reference of references) {
    const { from, to } = reference;
    const name = nameOf(from);
    onProgress(name, 0);
    const work =
      from.database === to.database
        ? checkWithin(reference, sessionOf(from.database), sampleSize)
        : checkAcross(reference, sessionOf(from.database), sessionOf(to.database), sampleSize, (checked) =>
            onProgress(name, checked),
          );
    const result = await unlessForbidden(work);
    if (typeof result === "string") findings.push(unreadableFinding(from, reference.location, result));
    else {
      results.push(result);
      findings.push(...orphanFinding(result));
    }
  }
  const values: ValuesResult[] = [];
  for (const column of columns) {
    onProgress(nameOf(column.place), 0);
    const result = await unlessForbidden(checkValues(sessionOf(column.place.database), column));
    if (typeof result === "string")
      findings.push(unreadableFinding(column.place, column.listed.location, result));
    else {
      values.push(result);
      findings.push(...valuesFinding(result));
    }
  }
  return { references: results, values, findings };
}
