import type { Session } from "../../database/session.ts";
import { fullRead } from "../full-read.ts";
import { orphanOf } from "./orphan.ts";
import type { Reference, ReferenceResult } from "./reference.ts";
import { type CountRow, countWithinSql, type SampleRow, sampleWithinSql } from "./sql.ts";

/** Checks a reference within one database: on one snapshot, by an anti-join in the server. */
export async function checkWithin(
  reference: Reference,
  session: Session,
  sampleSize: number,
): Promise<ReferenceResult> {
  const [counts] = await fullRead<CountRow>(session, countWithinSql(reference));
  const { checked = 0, orphans = 0 } = counts ?? {};
  const sample =
    orphans === 0 || sampleSize === 0
      ? []
      : await fullRead<SampleRow>(session, sampleWithinSql(reference, sampleSize));
  return { reference, checked, orphans, sample: sample.map((row) => orphanOf(reference, row)) };
}
