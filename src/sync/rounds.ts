import type { NamedDatabase } from "../databases.ts";
import { pluralOf } from "../diff/findings.ts";
import type { DocumentText } from "../document/files.ts";
import { SocratesError } from "../errors.ts";
import { hostOf } from "../schema/hosts.ts";
import { shortName } from "../schema/names.ts";
import type { Printer } from "../shadow/printer.ts";
import { type Change, objectOf } from "./changes.ts";
import { type Compared, type ComparisonOptions, compareDocument, type Wanted } from "./compared.ts";
import { applied, overlap } from "./edits.ts";
import type { FileEdit } from "./file-edits.ts";
import { findMakers } from "./makers.ts";
import { placeSection, removeSection } from "./new-sections.ts";
import { attempts, planChange, tableOf } from "./plan-change.ts";
import { Planner } from "./planner.ts";
import { readSource, type SourceDocument } from "./source.ts";

/** What bringing one database up to date needs. */
export interface RoundOptions extends ComparisonOptions {
  readonly databases: readonly NamedDatabase[];
  /** The phase of a new table. */
  readonly phaseOf: (table: string) => number;
}

/** A document that describes a database as it is. */
export interface Synced {
  readonly texts: readonly DocumentText[];
  /** The changes that the first comparison found. */
  readonly changes: readonly Change[];
  readonly kept: readonly Change[];
  readonly compared: Compared;
}

function refused(change: Change, reason: string, { key }: Wanted): SocratesError {
  const { kind, name } = objectOf(change);
  return new SocratesError(
    "document-invalid",
    `${key}: the document cannot be changed for ${kind} ${shortName(name)}: ${reason}`,
    { hint: "Nothing was written. Change the document by hand, then run the command again." },
  );
}

function withEdits(
  source: SourceDocument,
  edits: readonly FileEdit[],
  created: readonly DocumentText[],
): DocumentText[] {
  const texts = source.texts.map((file, i) => ({
    ...file,
    text: applied(
      file.text,
      edits.filter((edit) => edit.file === i),
    ),
  }));
  return [...texts, ...created];
}

/** The sections of new tables and the removal of old ones. */
function tableEdits(
  planner: Planner,
  changes: readonly Change[],
  options: RoundOptions,
): { edits: FileEdit[]; created: DocumentText[] } {
  const { source, database } = planner;
  const order = planner.creations.map(({ name }) => name);
  const added = changes
    .filter((change) => change.documented === undefined)
    .map((change) => objectOf(change).name)
    .sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const placed = added.map((table) => {
    const statements = planner.creations
      .filter((each) => each.table === table)
      .flatMap(({ create }) => create);
    return placeSection(source, database, { table, title: "", statements, phase: options.phaseOf(table) });
  });
  const removed = changes
    .filter((change) => change.wanted === undefined)
    .flatMap((change) => {
      const { name } = objectOf(change);
      const fence = source.fences.find(
        ({ table, section }) => table === name && section.database === database,
      );
      if (fence !== undefined && fence.section.depth > 0) return [removeSection(source, fence.section)];
      for (const statement of planner.statements) if (statement.table === name) planner.remove(statement);
      return [];
    });
  return {
    edits: [...placed.flatMap(({ edit }) => edit ?? []), ...removed],
    created: placed.flatMap(({ created }) => created ?? []),
  };
}

/** The section for what belongs to no table, if the document has none. */
function objectEdits(planner: Planner): FileEdit[] {
  if (planner.loose.length === 0) return [];
  const kinds = [...new Set(planner.loose.map(({ kind }) => pluralOf(kind)))];
  const statements = planner.loose.flatMap(({ sqls }) => sqls);
  const { edit } = placeSection(planner.source, planner.database, {
    table: undefined,
    title: kinds.join(", "),
    statements,
    phase: 0,
  });
  return edit === undefined ? [] : [edit];
}

/** What a removed object contains, such as the user mappings of a server, also goes: it has separate statements. */
function contentsOf({ key, wanted }: Change, { documented }: Compared): Change[] {
  if (wanted !== undefined) return [];
  const contents = [...documented.objects].filter(([, object]) => hostOf(object) === key);
  return contents.map(([own, object]) => ({
    key: own,
    documented: object,
    wanted: undefined,
    attributes: [],
  }));
}

/** The document with the edits for some changes, each at its own attempt. */
async function attemptChanges(
  source: SourceDocument,
  changes: readonly Change[],
  attemptOf: (change: Change) => number,
  compared: Compared,
  target: Wanted,
  options: RoundOptions,
): Promise<{ readonly texts: readonly DocumentText[]; readonly hasDropped: boolean }> {
  const named = { key: target.key, name: target.name, urlVariable: "" };
  const isWholeTable = (change: Change) =>
    objectOf(change).kind === "table" && (change.documented === undefined || change.wanted === undefined);
  const own = changes.filter((change) => !isWholeTable(change));
  const inside = [...own, ...own.flatMap((change) => contentsOf(change, compared))];
  const makers = await findMakers(source, named, inside.map(objectOf), options.shadow);
  const planner = new Planner(source, makers, compared.wanted, target.name);
  for (const change of inside) {
    const attempt = attempts[attemptOf(change)];
    const reason =
      attempt === undefined
        ? "no edit of its SQL gives the wanted result"
        : planChange(planner, change, attempt);
    if (reason === undefined) continue;
    if (attemptOf(change) >= attempts.length - 1) throw refused(change, reason, target);
    planner.hasDropped = true;
  }
  const { edits, created } = tableEdits(planner, changes.filter(isWholeTable), options);
  // A section that goes takes the edits inside it with it.
  const goes = (edit: FileEdit) =>
    edits.some((other) => other.file === edit.file && other.to > other.from && overlap(other, edit));
  const all = [...planner.fileEdits().filter((edit) => !goes(edit)), ...edits, ...objectEdits(planner)];
  return { texts: withEdits(source, all, created), hasDropped: planner.hasDropped };
}

/** Enough for each attempt at each of several changes of one statement. */
const mostRounds = 16;

/**
 * Changes a document until its SQL creates the wanted schema of one database. PostgreSQL judges each attempt: what does
 * not run, or changes nothing, is tried in another way.
 * @throws SocratesError `document-invalid` if the document cannot be changed so
 */
export async function syncDatabase(
  texts: readonly DocumentText[],
  target: Wanted,
  options: RoundOptions,
  printer: Printer,
): Promise<Synced> {
  let source = readSource(texts, options.databases);
  let compared = await compareDocument(source.document, target, options, printer);
  const { changes, kept } = compared;
  const tried = new Map<string, number>();
  const attemptOf = (change: Change) => tried.get(change.key) ?? 0;
  const escalate = (change: Change) => tried.set(change.key, attemptOf(change) + 1);
  // An edit may also take back what another one has done.
  const seen = new Set<string>();
  const stateOf = ({ key, attributes }: Change) => `${key}: ${attributes.join()}`;
  const run = async (some: readonly Change[]) => {
    const { texts: next, hasDropped } = await attemptChanges(
      source,
      some,
      attemptOf,
      compared,
      target,
      options,
    );
    const nextSource = readSource(next, options.databases);
    return {
      source: nextSource,
      hasDropped,
      compared: await compareDocument(nextSource.document, target, options, printer),
    };
  };
  for (let round = 0; compared.changes.length > 0; round++) {
    const [first] = compared.changes;
    if (first !== undefined && round >= mostRounds)
      throw refused(first, "too many attempts have failed", target);
    const before = compared.changes;
    for (const change of before) seen.add(stateOf(change));
    try {
      const next = await run(before);
      source = next.source;
      compared = next.compared;
      if (next.hasDropped && compared.changes.length < before.length) continue;
    } catch (error) {
      if (
        !(error instanceof SocratesError) ||
        error.code !== "document-invalid" ||
        error.location === undefined
      )
        throw error;
      for (const change of before) {
        const left = compared.changes.find(({ key }) => key === change.key);
        if (left === undefined) continue;
        try {
          const next = await run([left]);
          source = next.source;
          compared = next.compared;
        } catch (single) {
          if (!(single instanceof SocratesError) || single.location === undefined) throw single;
        }
      }
    }
    for (const change of compared.changes) if (seen.has(stateOf(change))) escalate(change);
  }
  return { texts: source.texts, changes, kept, compared };
}

/** The table in which an object is, for reports. */
export function tableOfChange(change: Change): string | undefined {
  return tableOf(objectOf(change));
}
