import { readSchema } from "../catalog/read.ts";
import { expectedAt } from "../diff/expectation.ts";
import type { Finding } from "../diff/finding.ts";
import { schemaFindings } from "../diff/findings.ts";
import { SocratesError } from "../errors.ts";
import type { OpenDatabase } from "../project/open.ts";
import type { ShadowOptions } from "../shadow/cache.ts";
import { comparable } from "../shadow/comparable.ts";
import { withPrinter } from "../shadow/printer.ts";
import { reachedBy } from "../sources/of-live.ts";
import type { Source } from "../sources/source.ts";

/** How many differences a message lists. */
const shown = 3;

/** Kinds of parts of a table that can reject or change rows. */
const decisive: ReadonlySet<string | undefined> = new Set([
  "column",
  "constraint",
  "trigger",
  "rule",
  "policy",
]);

/** Whether a finding is about an extra object that does not affect seeded rows. */
function isApart({ code, kind }: Finding): boolean {
  return code === "unexpected" && !decisive.has(kind);
}

/**
 * Refuses a database whose tables differ from its migrations: seeded rows may not fit.
 * @param expected the schema of the migrations
 * @throws SocratesError `schema-drifted`, listing the first differences
 */
export async function checkUndrifted(
  database: OpenDatabase,
  expected: Source,
  shadow: ShadowOptions,
): Promise<void> {
  const { key, session } = database;
  const reached = reachedBy(database);
  const live = await readSchema(session);
  const at = Math.max(0, reached.complete);
  const required = expectedAt(expected, at, live, new Map(), reached);
  const {
    expected: wanted,
    actual,
    derived,
  } = await withPrinter(shadow, (printer) => comparable(required, live, printer));
  const found = schemaFindings({
    database: key,
    expected: wanted,
    actual,
    derived,
    labels: { expected: expected.label, actual: session.label },
  }).filter((finding) => finding.severity === "error" && !isApart(finding));
  if (found.length === 0) return;
  const first = found.slice(0, shown).map(({ message }) => message);
  const more = found.length > shown ? `; and ${found.length - shown} more` : "";
  throw new SocratesError(
    "schema-drifted",
    `${session.label} differs from its migrations: ${first.join("; ")}${more}`,
    { hint: "socrates-db diff shows all differences: fix them, then seed." },
  );
}
