import type { NamedDatabase } from "../databases.ts";
import type { DocumentedSchema } from "../document/model.ts";
import { nearest } from "../nearest.ts";
import { displayName } from "../schema/names.ts";
import type { Finding } from "./finding.ts";

/** Parts of a document that look like a schema and are not compared: nothing of a document is lost silently. */
export function unreadFindings({ unread }: DocumentedSchema): Finding[] {
  return unread.map(({ code, severity, message, hint, location }) => ({
    code,
    severity,
    message,
    hint,
    location,
  }));
}

/** What a document says about databases that are not configured: one finding for each of them. */
function unknownDatabases(document: DocumentedSchema, definitions: readonly NamedDatabase[]): Finding[] {
  const known = definitions.map(({ name }) => name);
  const parts = [...document.tables, ...document.objects, ...document.listed, ...document.access];
  const unknown = new Set(parts.map(({ database }) => database).filter((name) => !known.includes(name)));
  return [...unknown].map((database) => {
    const near = nearest(database, known);
    const tables = document.tables.filter((table) => table.database === database);
    const names = tables.map(({ name }) => displayName(name));
    const subject =
      names.length === 0
        ? "the document describes"
        : `${names.length === 1 ? "table" : "tables"} ${names.join(", ")} ${names.length === 1 ? "is" : "are"} documented for`;
    const location = parts.find((part) => part.database === database)?.location;
    return {
      code: "unknown-database",
      severity: "error",
      message: `${subject} ${database}, which is not a configured database`,
      ...(location !== undefined && { location }),
      hint:
        near === undefined
          ? `Correct the heading: the databases are ${known.join(", ")}.`
          : `Did you mean "${near}"? Correct the heading.`,
    };
  });
}

/** Tables of phases that no migration reaches: they are compared with nothing. */
function unreachedPhases({ tables }: DocumentedSchema, lastMigrated: number): Finding[] {
  return tables
    .filter(({ phase }) => phase.from > lastMigrated)
    .map(({ name, phase, location }) => ({
      code: "phase-without-migrations",
      severity: "warning",
      message: `table ${displayName(name)} is documented for phase ${phase.from}, but the last phase with a migration is ${lastMigrated}`,
      location,
      hint: "Write its migration, or correct the phase.",
    }));
}

/** The parts of a document that no comparison reads. @param lastMigrated the last phase that has a migration */
export function partFindings(
  document: DocumentedSchema,
  definitions: readonly NamedDatabase[],
  lastMigrated: number,
): Finding[] {
  return [
    ...unreadFindings(document),
    ...unknownDatabases(document, definitions),
    ...unreachedPhases(document, lastMigrated),
  ];
}
