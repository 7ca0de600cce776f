import type { DatabaseDefinition } from "../databases.ts";
import type { Finding } from "../diff/finding.ts";
import type { DocumentedSchema, DocumentedTable, IndexClaim, ListedTable } from "../document/model.ts";
import type { Location } from "../errors.ts";
import { type Duplicate, mergeDuplicates } from "../schema/duplicates.ts";
import type { Schema } from "../schema/model.ts";
import { displayName, parentOf, partsOfName } from "../schema/names.ts";
import { partFindings } from "./document-parts.ts";
import { referenceFindings } from "./document-references.ts";
import { countIndexes, type IndexCounts } from "./index-counts.ts";

/** What a document's SQL makes of each of its databases, at the last phase. */
export type DocumentedSchemas = ReadonlyMap<
  string,
  { readonly schema: Schema; readonly notes: readonly string[] }
>;

/** A claim of the document, and what the tool counts. */
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

/** Counts what each claim of the document speaks of. */
export function checkClaims(document: DocumentedSchema, schemas: DocumentedSchemas): CheckedClaim[] {
  const counts = new Map<string, IndexCounts>(
    [...schemas].map(([database, { schema }]) => [database, countIndexes(schema)]),
  );
  const inTable = ({ name, database }: DocumentedTable) => counts.get(database)?.byTable.get(name) ?? 0;
  const sum = (tables: readonly DocumentedTable[]) =>
    tables.reduce((total, table) => total + inTable(table), 0);
  return document.claims.map((claim) => {
    const { about } = claim;
    if (about === "all") return { claim, counted: sum(document.tables) };
    if ("table" in about)
      return { claim, counted: sum(document.tables.filter(({ name }) => displayName(name) === about.table)) };
    return {
      claim,
      counted: sum(
        document.tables.filter(({ phase }) => phase.from >= about.phase.from && phase.to <= about.phase.to),
      ),
    };
  });
}

function claimFindings(claims: readonly CheckedClaim[]): Finding[] {
  return claims
    .filter(({ claim, counted }) => claim.claimed !== counted)
    .map(({ claim, counted }) =>
      warning(
        "wrong-count",
        `the document claims "${claim.text}", but defines ${counted}`,
        claim.location,
        `Write ${counted}. Counted is every index that is no primary key.`,
      ),
    );
}

function duplicateFindings(
  document: DocumentedSchema,
  { key, name }: DatabaseDefinition,
  duplicates: readonly Duplicate[],
): Finding[] {
  return duplicates.map(({ duplicate, kept }) => {
    const table = document.tables.find(
      (candidate) => candidate.database === name && candidate.name === parentOf(duplicate.name),
    );
    return warning(
      "duplicate",
      `the foreign key ${kept.name} is stated twice, inline and by name`,
      table?.location ?? { file: document.file, line: 1, column: 1 },
      "Leave the inline REFERENCES out: PostgreSQL would make two constraints of it.",
      {
        database: key,
        kind: "constraint",
        object: kept.name,
      },
    );
  });
}

/** Words of a migration's announcement that may name a table: whole names, and single words without a plural s. */
function namesTable(text: string, table: string): boolean {
  const words: readonly string[] = text.toLowerCase().match(/[\p{L}_][\p{L}\p{M}\p{N}_]*/gu) ?? [];
  const singular = (word: string) => word.replace(/s$/, "");
  return (
    words.includes(table) ||
    words.some((word) => !word.includes("_") && singular(word) === singular(table.split("_")[0] ?? ""))
  );
}

function announcementFindings({ tables, announced }: DocumentedSchema): Finding[] {
  if (announced.length === 0) return [];
  return tables
    .map(({ name, location }) => ({ name: displayName(name), own: partsOfName(name).at(-1) ?? "", location }))
    .filter(({ own }) => !announced.some(({ text }) => namesTable(text, own.toLowerCase())))
    .map(({ name, location }) =>
      warning(
        "no-migration",
        `no migration of the document names the table ${name}`,
        location,
        "Name it in the migration that makes it.",
      ),
    );
}

function listFindings({ tables, listed }: DocumentedSchema): Finding[] {
  const is = (table: DocumentedTable, entry: ListedTable) =>
    displayName(table.name).toLowerCase() === entry.name.toLowerCase() && table.database === entry.database;
  const unlisted = tables
    .filter((table) => listed.length > 0 && !listed.some((entry) => is(table, entry)))
    .map((table) => ({ ...table, name: displayName(table.name) }));
  const undefinedOnes = listed.filter((entry) => !tables.some((table) => is(table, entry)));
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
        "Define it, or take it from the list.",
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
        `a diagram shows ${name}, which is no table of the document`,
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
      warning("diagram", `no diagram shows ${name}`, location, "Draw it beside the tables of its phase."),
    );
}

function extensionFindings(document: DocumentedSchema, notes: readonly string[]): Finding[] {
  return notes.map((note) => {
    const [line = "1", name = ""] = note.split(":");
    return warning(
      "extension-not-stated",
      `the SQL needs the extension ${name} before any statement makes it`,
      { file: document.file, line: Number(line), column: 1 },
      `Put CREATE EXTENSION ${name} before it.`,
    );
  });
}

/**
 * Whether a document agrees with itself: its counts, lists, diagrams, migrations and references with its SQL.
 * @param lastMigrated the last phase that has a migration
 */
export function verifyDocument(
  document: DocumentedSchema,
  schemas: DocumentedSchemas,
  definitions: readonly DatabaseDefinition[],
  lastMigrated: number,
): Finding[] {
  const perDatabase = definitions.flatMap((definition) => {
    const entry = schemas.get(definition.name);
    if (entry === undefined) return [];
    return [
      ...duplicateFindings(document, definition, mergeDuplicates(entry.schema).duplicates),
      ...extensionFindings(document, entry.notes),
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
