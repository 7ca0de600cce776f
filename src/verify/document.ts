import type { NamedDatabase } from "../databases.ts";
import { partFindings } from "../diff/document-parts.ts";
import type { Finding } from "../diff/finding.ts";
import {
  type DocumentedSchema,
  type DocumentedTable,
  type IndexClaim,
  type ListedTable,
  type PhaseRange,
  sectionsOf,
} from "../document/model.ts";
import type { Location } from "../errors.ts";
import { type Duplicate, mergeDuplicates } from "../schema/duplicates.ts";
import type { Schema } from "../schema/model.ts";
import { displayName, parentOf, partsOfName } from "../schema/names.ts";
import { says } from "../sql/find-name.ts";
import { referenceFindings } from "./document-references.ts";
import { countIndexes, type IndexCounts } from "./index-counts.ts";

/** The schema that a document's SQL creates in each database, at the last phase. */
export type DocumentedSchemas = ReadonlyMap<
  string,
  { readonly schema: Schema; readonly notes: readonly string[] }
>;

/** A count that the document states, and the real one. */
export interface CheckedClaim {
  readonly claim: IndexClaim;
  readonly counted: number;
}

function warning(
  code: string,
  message: string,
  location: Location,
  hint: string,
  rest: Partial<Finding> = {},
): Finding {
  return { code, severity: "warning", message, location, hint, ...rest };
}

/** Objects with indexes besides the documented tables, such as materialised views; the phase is that of the SQL that names them. */
function otherHosts(
  document: DocumentedSchema,
  counts: ReadonlyMap<string, IndexCounts>,
): { readonly name: string; readonly phase: PhaseRange; readonly count: number }[] {
  return [...counts].flatMap(([database, { byTable }]) =>
    [...byTable].flatMap(([name, count]) => {
      if (document.tables.some((table) => table.database === database && table.name === name)) return [];
      const own = partsOfName(name).at(-1) ?? "";
      const section = sectionsOf(document, database).find(({ statements }) =>
        statements.some((statement) => says(statement, own)),
      );
      return section === undefined ? [] : [{ name, phase: section.phase, count }];
    }),
  );
}

/** Counts what each claim of the document is about. */
export function checkClaims(document: DocumentedSchema, schemas: DocumentedSchemas): CheckedClaim[] {
  const counts = new Map<string, IndexCounts>(
    [...schemas].map(([database, { schema }]) => [database, countIndexes(schema)]),
  );
  const byTable = new Map<string, number>();
  const byPhase = new Map<string, PhaseRange & { readonly count: number }>();
  const tables = document.tables.map(({ name, database, phase }) => ({
    name,
    phase,
    count: counts.get(database)?.byTable.get(name) ?? 0,
  }));
  for (const { name, phase, count } of [...tables, ...otherHosts(document, counts)]) {
    const range = `${phase.from}-${phase.to}`;
    byTable.set(displayName(name), (byTable.get(displayName(name)) ?? 0) + count);
    byPhase.set(range, { ...phase, count: (byPhase.get(range)?.count ?? 0) + count });
  }
  const within = ({ from, to }: PhaseRange) =>
    [...byPhase.values()].reduce(
      (sum, part) => sum + (part.from >= from && part.to <= to ? part.count : 0),
      0,
    );
  return document.claims.map((claim) => {
    const { about } = claim;
    if (about !== "all" && "table" in about) return { claim, counted: byTable.get(about.table) ?? 0 };
    return {
      claim,
      counted: within(about === "all" ? { from: 0, to: Number.POSITIVE_INFINITY } : about.phase),
    };
  });
}

function firstLine({ files }: DocumentedSchema): Location {
  return { file: files[0] ?? "", line: 1, column: 1 };
}

function claimFindings(claims: readonly CheckedClaim[]): Finding[] {
  return claims
    .filter(({ claim, counted }) => claim.claimed !== counted)
    .map(({ claim, counted }) =>
      warning(
        "wrong-count",
        `the document claims "${claim.text}", but defines ${counted}`,
        claim.location,
        `Write ${counted}. Primary keys are not counted.`,
      ),
    );
}

function duplicateFindings(
  document: DocumentedSchema,
  { key, name }: NamedDatabase,
  duplicates: readonly Duplicate[],
): Finding[] {
  return duplicates.map(({ duplicate, kept }) => {
    const table = document.tables.find(
      (candidate) => candidate.database === name && candidate.name === parentOf(duplicate.name),
    );
    return warning(
      "duplicate",
      `the foreign key ${kept.name} is a duplicate: it is defined inline and by name`,
      table?.location ?? firstLine(document),
      "Leave the inline REFERENCES out: PostgreSQL would create two constraints.",
      {
        database: key,
        kind: "constraint",
        object: kept.name,
      },
    );
  });
}

function singular(word: string): string {
  return word.replace(/s$/, "");
}

/** Whether an announcement names a table: as a whole name, or as single words without a plural s. */
function naming(announced: DocumentedSchema["announced"]): (table: string) => boolean {
  const words = new Set(
    announced.flatMap(({ text }) => text.toLowerCase().match(/[\p{L}_][\p{L}\p{M}\p{N}_]*/gu) ?? []),
  );
  const single = new Set([...words].filter((word) => !word.includes("_")).map(singular));
  return (table) => words.has(table) || single.has(singular(table.split("_")[0] ?? ""));
}

function announcementFindings({ tables, announced }: DocumentedSchema): Finding[] {
  if (announced.length === 0) return [];
  const isNamed = naming(announced);
  return tables
    .map(({ name, location }) => ({ name: displayName(name), own: partsOfName(name).at(-1) ?? "", location }))
    .filter(({ own }) => !isNamed(own.toLowerCase()))
    .map(({ name, location }) =>
      warning(
        "no-migration",
        `no migration of the document names the table ${name}`,
        location,
        "Name it in the migration that creates it.",
      ),
    );
}

function listFindings({ tables, listed }: DocumentedSchema): Finding[] {
  const keyIn = (database: string, name: string) => JSON.stringify([database, name.toLowerCase()]);
  const keyOfTable = ({ database, name }: DocumentedTable) => keyIn(database, displayName(name));
  const keyOfEntry = ({ database, name }: ListedTable) => keyIn(database, name);
  const [defined, entries] = [new Set(tables.map(keyOfTable)), new Set(listed.map(keyOfEntry))];
  const unlisted = tables
    .filter((table) => listed.length > 0 && !entries.has(keyOfTable(table)))
    .map((table) => ({ ...table, name: displayName(table.name) }));
  const undefinedOnes = listed.filter((entry) => !defined.has(keyOfEntry(entry)));
  return [
    ...unlisted.map(({ name, database, location }) =>
      warning(
        "not-listed",
        `${name} is not in the list of tables of ${database}`,
        location,
        "Add it to the list.",
      ),
    ),
    ...undefinedOnes.map(({ name, database, location }) =>
      warning(
        "not-defined",
        `${name} is listed for ${database}, but has no SQL there`,
        location,
        "Define it, or remove it from the list.",
      ),
    ),
  ];
}

function drawingFindings({ tables, drawn }: DocumentedSchema): Finding[] {
  const known = new Set(tables.map(({ name }) => displayName(name).toLowerCase()));
  return drawn
    .filter(({ name }) => !known.has(name))
    .map(({ name, location }) =>
      warning(
        "diagram",
        `a diagram shows ${name}, which is not a table of the document`,
        location,
        "Draw the tables that are defined.",
      ),
    );
}

function undrawnFindings({ tables, drawn }: DocumentedSchema): Finding[] {
  if (drawn.length === 0) return [];
  const names = new Set(drawn.map(({ name }) => name));
  const isShown = (table: DocumentedTable) => names.has(displayName(table.name).toLowerCase());
  // A diagram of the first phases need not show the later ones.
  const last = Math.max(...tables.filter(isShown).map(({ phase }) => phase.to));
  return tables
    .filter((table) => !isShown(table) && table.phase.to <= last)
    .map((table) => ({ name: displayName(table.name), location: table.location }))
    .map(({ name, location }) =>
      warning("diagram", `no diagram shows ${name}`, location, "Draw it next to the tables of its phase."),
    );
}

function extensionFindings(
  document: DocumentedSchema,
  { name: database }: NamedDatabase,
  notes: readonly string[],
): Finding[] {
  const statements = sectionsOf(document, database).flatMap((section) => section.statements);
  return notes.map((note) => {
    const [number = "", name = ""] = note.split(":");
    return warning(
      "extension-not-stated",
      `the SQL needs the extension ${name} before any statement creates it`,
      statements[Number(number)]?.location ?? firstLine(document),
      `Put CREATE EXTENSION ${name} before it.`,
    );
  });
}

/**
 * Whether a document is consistent: its counts, lists, diagrams, migrations and references with its SQL.
 * @param lastMigrated the last phase that has a migration
 */
export function verifyDocument(
  document: DocumentedSchema,
  schemas: DocumentedSchemas,
  definitions: readonly NamedDatabase[],
  lastMigrated: number,
): Finding[] {
  const perDatabase = definitions.flatMap((definition) => {
    const entry = schemas.get(definition.name);
    if (entry === undefined) return [];
    return [
      ...duplicateFindings(document, definition, mergeDuplicates(entry.schema).duplicates),
      ...extensionFindings(document, definition, entry.notes),
    ];
  });
  return [
    ...partFindings(document, definitions, lastMigrated),
    ...perDatabase,
    ...claimFindings(checkClaims(document, schemas)),
    ...announcementFindings(document),
    ...listFindings(document),
    ...drawingFindings(document),
    ...undrawnFindings(document),
    ...referenceFindings(document, schemas),
  ];
}
