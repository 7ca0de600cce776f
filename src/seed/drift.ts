import { readSchema } from "../catalog/read.ts";
import { expectedAt } from "../diff/expectation.ts";
import { schemaFindings } from "../diff/findings.ts";
import { SocratesError } from "../errors.ts";
import type { OpenDatabase } from "../migrations/open.ts";
import { columnEchoes } from "../shadow/echoes.ts";
import { redeparse } from "../shadow/redeparse.ts";
import { reachedBy } from "../sources/of-live.ts";
import type { Source } from "../sources/source.ts";

/** How many differences a message names. */
const shown = 3;

/**
 * Refuses a database whose tables are not as its migrations make them: rows that fit the one may not fit the other.
 * @param expected what the migrations make
 * @throws SocratesError `schema-drifted`, naming the first differences
 */
export async function checkUndrifted(database: OpenDatabase, expected: Source): Promise<void> {
  const { key, session } = database;
  const reached = reachedBy(database);
  const live = await readSchema(session);
  const at = Math.max(0, reached.complete);
  const wanted = expectedAt(expected, at, live, new Map(), reached);
  const actual = await redeparse(wanted, live);
  const found = schemaFindings({
    database: key,
    expected: wanted,
    actual,
    echoes: await columnEchoes(wanted, actual),
    labels: { expected: expected.label, actual: session.label },
  }).filter(({ severity }) => severity === "error");
  if (found.length === 0) return;
  const first = found.slice(0, shown).map(({ message }) => message);
  const more = found.length > shown ? `; and ${found.length - shown} more` : "";
  throw new SocratesError(
    "schema-drifted",
    `${session.label} is not as its migrations make it: ${first.join("; ")}${more}`,
    { hint: "socrates-db diff shows all differences: mend them, then seed." },
  );
}
