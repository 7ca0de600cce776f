import { openSources } from "../compare/open-source.ts";
import { noDocument } from "../config/own-files.ts";
import { attributeText } from "../diff/findings.ts";
import { ignoreRule } from "../diff/ignore.ts";
import { type DocumentText, documentTexts } from "../document/files.ts";
import { locateObject } from "../document/locate.ts";
import { lastPhaseOf } from "../document/model.ts";
import { SocratesError } from "../errors.ts";
import type { Workspace } from "../project/workspace.ts";
import type { Schema } from "../schema/model.ts";
import { keyOf } from "../schema/model.ts";
import { parentOf, partsOfName, shortName } from "../schema/names.ts";
import { withPrinter } from "../shadow/printer.ts";
import { chainsOf, shadowOptions } from "../sources/of-workspace.ts";
import type { Source } from "../sources/source.ts";
import { documentedSchemas } from "../verify/checks/document.ts";
import { type Change, objectOf } from "./changes.ts";
import { countEdits } from "./counts.ts";
import { redrawn } from "./drawings.ts";
import { earlierDifferences } from "./earlier-phases.ts";
import { applied } from "./edits.ts";
import { type DatabaseChanges, type Outdated, outdatedParts } from "./outdated.ts";
import { type RoundOptions, syncDatabase } from "./rounds.ts";
import { readSource, type SourceDocument } from "./source.ts";
import { writeTexts } from "./write.ts";

export interface SyncOptions {
  readonly from: "migrations" | "live";
  /** Remove the sections of tables that only the document has. */
  readonly prune: boolean;
  /** Compare and write nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** A change of the document. */
export interface SyncedPart {
  readonly file: string;
  readonly line: number;
  /** Key of the database; absent for counts and drawings. */
  readonly database?: string;
  readonly kind: string;
  readonly object: string;
  readonly what: string;
}

/** What `document sync --format json` prints. */
export interface SyncReport {
  readonly schemaVersion: 1;
  readonly changed: readonly SyncedPart[];
  readonly outdated: readonly Outdated[];
  /** The files that were written, or would be. */
  readonly files: readonly string[];
}

/** The phase at which a document is compared: the one that a live database has reached, or else the last. */
function phaseFor(source: Source, last: number): number {
  const phase = source.reached?.complete ?? source.lastPhase ?? last;
  if (phase >= 0) return Math.min(phase, Math.max(last, source.lastPhase ?? 0));
  throw new SocratesError("ledger-missing", `${source.label} has completed no phase yet`, {
    hint: "Apply the migrations first: socrates-db migrate",
  });
}

function whatOf(change: Change): string {
  const { documented, wanted, attributes } = change;
  if (documented === undefined) return "added";
  if (wanted === undefined) return "removed";
  return `changed: ${attributes
    .map((name) =>
      attributeText({
        name,
        expected: documented.attributes[name] ?? null,
        actual: wanted.attributes[name] ?? null,
      }).replace(/, expected /, ", was "),
    )
    .join("; ")}`;
}

/** The phase in which the migrations create a table, or else the last one of the document. */
async function phasesOfTables(
  workspace: Workspace,
  key: string,
  fallback: number,
): Promise<(table: string) => number> {
  if (workspace.config.chains.length === 0) return () => fallback;
  const chain = (await chainsOf(workspace, shadowOptions(workspace))).get(key);
  return (table) =>
    chain?.steps.find(({ after }) => after.objects.has(keyOf("table", table)))?.file.phase ?? fallback;
}

function partsOf(
  key: string,
  name: string,
  changes: readonly Change[],
  before: SourceDocument,
  after: SourceDocument,
): SyncedPart[] {
  return changes.map((change) => {
    const object = objectOf(change);
    const { document } = change.wanted === undefined ? before : after;
    const location = locateObject(document, name, object, change.attributes[0]);
    return {
      file: location?.file ?? document.files[0] ?? "",
      line: location?.line ?? 1,
      database: key,
      kind: object.kind,
      object: shortName(object.name),
      what: whatOf(change),
    };
  });
}

function columnsIn(schema: Schema): (table: string) => string[] {
  const columns = [...schema.objects.values()].filter(({ kind }) => kind === "column");
  return (table) =>
    columns.filter(({ name }) => parentOf(name) === table).map(({ name }) => partsOfName(name).at(-1) ?? "");
}

/**
 * Counts and printed drawings, which follow from the SQL.
 * @param isChanged whether the SQL has changed
 */
async function syncProse(
  workspace: Workspace,
  texts: readonly DocumentText[],
  isChanged: boolean,
): Promise<{ texts: DocumentText[]; parts: SyncedPart[]; outdated: Outdated[] }> {
  const { databases } = workspace.config;
  const source = readSource(texts, databases);
  const { document } = source;
  const hasProse =
    document.claims.length > 0 || texts.some(({ text }) => text.includes("printed by: socrates-db"));
  if (!hasProse) return { texts: [...texts], parts: [], outdated: [] };
  const schemas = await documentedSchemas(document, shadowOptions(workspace));
  const counts = countEdits(
    document,
    schemas,
    texts.map(({ text }) => text),
  );
  const parts: SyncedPart[] = counts.map(({ edit, line, text, counted }) => ({
    file: document.files[edit.file] ?? "",
    line,
    kind: "count",
    object: text,
    what: `now ${counted}`,
  }));
  const outdated: Outdated[] = [];
  const bySchema = new Map([...schemas].map(([name, { schema }]) => [name, schema]));
  const next: DocumentText[] = [];
  for (const [i, file] of texts.entries()) {
    const counted = applied(
      file.text,
      counts.filter(({ edit }) => edit.file === i).map(({ edit }) => edit),
    );
    const phase = lastPhaseOf(document);
    const drawn = await redrawn(counted, { document, schemas: bySchema, databases, phase });
    const part = (command: string) => ({
      file: file.name,
      line: counted.slice(0, counted.indexOf(`socrates-db ${command} `)).split("\n").length,
      object: command,
    });
    for (const command of drawn.changed)
      parts.push({ ...part(command), kind: "drawing", what: "printed again" });
    if (isChanged || drawn.changed.length > 0)
      for (const command of drawn.unknown)
        outdated.push({
          ...part(command),
          what: `may be out of date: print it again with socrates-db ${command}`,
        });
    next.push({ ...file, text: drawn.text });
  }
  return { texts: next, parts, outdated };
}

/**
 * Brings the SQL, the counts and the printed drawings of the document up to date with the migrations or the live
 * databases. Everything else stays byte for byte. The result is run in the shadow before it is written.
 * @throws SocratesError `config-not-found` without a document; `document-invalid` if it cannot be changed so, and
 * nothing is written; from the sources; `output-failed`
 */
export async function syncDocument(workspace: Workspace, options: SyncOptions): Promise<SyncReport> {
  const { config, project } = workspace;
  if (config.files.document === undefined) throw noDocument(config.files);
  const { databases } = config;
  const before = readSource(documentTexts(config.files.document, databases), databases);
  const last = lastPhaseOf(before.document);
  const sources = await openSources(options.from, workspace, { phaseGiven: true }, options.signal);
  const ignore = (config.file.ignore ?? []).map(({ object, reason }) => ignoreRule(object, reason));
  let texts = before.texts;
  const perDatabase: {
    key: string;
    name: string;
    phase: number;
    changes: readonly Change[];
    outdated: DatabaseChanges;
  }[] = [];
  await withPrinter(shadowOptions(workspace), async (printer) => {
    for (const { key, name } of project.databases) {
      const source = sources.get(key);
      if (source === undefined) continue;
      const phase = phaseFor(source, last);
      const round: RoundOptions = {
        databases,
        prune: options.prune,
        ignore,
        shadow: { ...shadowOptions(workspace), signal: options.signal },
        phaseOf: await phasesOfTables(workspace, key, Math.min(phase, last)),
      };
      const synced = await syncDatabase(
        texts,
        { key, name, phase, schema: source.at(phase) },
        round,
        printer,
      );
      texts = synced.texts;
      const { changes, kept, compared } = synced;
      const columnsOf = columnsIn(compared.wanted);
      perDatabase.push({
        key,
        name,
        phase,
        changes,
        outdated: { database: name, changes, kept, unfinished: compared.unfinished, columnsOf },
      });
    }
  });
  const prose = await syncProse(
    workspace,
    texts,
    perDatabase.some(({ changes }) => changes.length > 0),
  );
  const after = readSource(prose.texts, databases);
  const earlier = await Promise.all(
    options.from === "live"
      ? []
      : perDatabase.map(({ key, name, phase }) => {
          const source = sources.get(key);
          const shadow = { ...shadowOptions(workspace), signal: options.signal };
          return source === undefined ? [] : earlierDifferences(after.document, name, source, phase, shadow);
        }),
  );
  const written = after.texts.filter(
    (file) => before.texts.find(({ path }) => path === file.path)?.text !== file.text,
  );
  if (!options.dryRun) writeTexts(written);
  return {
    schemaVersion: 1,
    changed: [
      ...perDatabase.flatMap(({ key, name, changes }) => partsOf(key, name, changes, before, after)),
      ...prose.parts,
    ],
    outdated: [
      ...perDatabase.flatMap(({ outdated }) => outdatedParts(before, outdated)),
      ...prose.outdated,
      ...earlier.flat(),
    ],
    files: written.map(({ name }) => name),
  };
}
