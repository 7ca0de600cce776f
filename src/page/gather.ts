import { diagramOf } from "../diagram/of-schema.ts";
import { locateObject } from "../document/locate.ts";
import type { DocumentedSchema, LogicalReference } from "../document/model.ts";
import type { DatabaseInput } from "../project/open.ts";
import type { Workspace } from "../project/workspace.ts";
import { keyOf, type Schema } from "../schema/model.ts";
import {
  chainsOf,
  documentIfAny,
  documentSources,
  migrationSources,
  shadowOptions,
} from "../sources/of-workspace.ts";
import type { Source, Sources } from "../sources/source.ts";
import { chainTouches } from "../trace/touches.ts";
import { type Checked, type PageOptions, runChecks } from "./checks.ts";
import { together } from "./growth.ts";
import { type LiveDatabase, readLive } from "./live.ts";
import { allObjects } from "./lives.ts";
import type { Page, PageDatabase, PageReference } from "./model.ts";
import { type DatabaseContent, referencesOf, tablesOf } from "./tables.ts";
import { verdictsOf } from "./verdicts.ts";

/** What is expected of all databases, and where that is stated. */
interface Expected {
  readonly label: string;
  readonly document: DocumentedSchema | undefined;
  readonly sources: Sources;
}

async function expectedOf(workspace: Workspace): Promise<Expected> {
  const shadow = shadowOptions(workspace);
  const document = await documentIfAny(workspace);
  if (document !== undefined)
    return { label: document.file, document, sources: await documentSources(workspace, document, shadow) };
  if (workspace.config.chains.length > 0)
    return { label: "the migrations", document, sources: await migrationSources(workspace, shadow) };
  return { label: "the live databases", document, sources: new Map() };
}

function phasesOf(source: Source | undefined): Schema[] {
  const last = source?.lastPhase;
  if (source === undefined || last === undefined) return [];
  return Array.from({ length: last + 1 }, (_, phase) => source.at(phase));
}

/** Everything of one database, from all that was read. */
interface Read {
  readonly workspace: Workspace;
  readonly expected: Expected;
  readonly checked: Checked;
  readonly touches: ReadonlyMap<string, ReturnType<typeof chainTouches>>;
}

function contentOf(
  { key, name }: DatabaseInput,
  live: LiveDatabase,
  { workspace, expected, checked, touches }: Read,
): DatabaseContent {
  const { document, sources } = expected;
  const tables = document?.tables.filter(({ database }) => database === name) ?? [];
  const schema = "schema" in live ? live.schema : undefined;
  const compared = checked.results.get("schema")?.findings ?? [];
  const objects = allObjects(key, phasesOf(sources.get(key)), schema, compared);
  const made = touches.get(key);
  const indexes = schema === undefined ? undefined : checked.results.get("indexes");
  return {
    key,
    objects,
    diagram: diagramOf({
      database: key,
      title: name,
      schema: objects.schema,
      logical: new Map(tables.map((table) => [table.name, table.references])),
      keyOfDatabase: (other) => workspace.config.databases.find((one) => one.name === other)?.key,
    }),
    verdicts: verdictsOf(key, indexes, "reached" in live ? live.reached : undefined),
    touchesOf: (object) => made?.get(object) ?? [],
    locationOf: (table) => {
      const object = objects.schema.objects.get(keyOf("table", table));
      return document === undefined || object === undefined
        ? undefined
        : locateObject(document, name, object);
    },
  };
}

/** Kinds whose objects belong to a table or are nothing that a reader looks for. */
const notOthers: ReadonlySet<string> = new Set(["table", "column", "constraint", "index"]);
/** What every database has. */
const always: ReadonlySet<string> = new Set(["schema public", "extension plpgsql"]);

function othersOf({ objects: { schema } }: DatabaseContent): PageDatabase["others"] {
  const byKind = new Map<string, string[]>();
  for (const { kind, name, needs } of schema.objects.values()) {
    const isPart = needs.some((need) => need.startsWith("table ") && name.startsWith(`${need.slice(6)}.`));
    if (notOthers.has(kind) || isPart || always.has(`${kind} ${name}`)) continue;
    byKind.set(kind, [...(byKind.get(kind) ?? []), name]);
  }
  return [...byKind].sort().map(([kind, names]) => ({ kind, names: names.sort() }));
}

/** Sentences about what was left out, and why. */
function leftOut(key: string, where: string, schema: Schema | undefined): string[] {
  return (schema?.uncovered ?? []).map(
    ({ what, name, reason }) =>
      `${key}: ${what} ${name} of ${where} is not shown${reason === undefined ? "" : `: ${reason}`}`,
  );
}

function notReadOf(
  databases: readonly { readonly input: DatabaseInput; readonly live: LiveDatabase }[],
  { checked, expected }: Read,
): string[] {
  const sentences = databases.flatMap(({ input: { key }, live }) => [
    ...("notRead" in live ? [`${key}: the live database was not read: ${live.notRead}`] : []),
    ...leftOut(key, expected.label, phasesOf(expected.sources.get(key)).at(-1)),
    ...("schema" in live ? leftOut(key, "the live database", live.schema) : []),
  ]);
  const checks = checked.checks.flatMap(({ name, notRun }) =>
    notRun === undefined ? [] : [`verify ${name} did not run: ${notRun}`],
  );
  return [...new Set([...sentences, ...checks])];
}

function pageDatabase(
  content: DatabaseContent,
  { key, name }: DatabaseInput,
  live: LiveDatabase,
): PageDatabase {
  return {
    key,
    name,
    live: "notRead" in live ? live : { label: live.label, reached: live.reached },
    others: othersOf(content),
  };
}

/** The column that a logical reference names. */
function logicalColumns(document: DocumentedSchema | undefined, name: string) {
  const references = new Map<string, LogicalReference>();
  for (const table of document?.tables ?? [])
    if (table.database === name)
      for (const reference of table.references)
        references.set(`${reference.table}.${reference.column} in ${reference.toDatabase}`, reference);
  return (id: string, key: string) => references.get(id.slice(key.length + 1))?.toColumn;
}

/**
 * Reads all databases of a workspace for the page.
 * @throws SocratesError from the document and the migrations; a database that cannot be read is stated on the page
 */
export async function gatherPage(workspace: Workspace, options: PageOptions): Promise<Page> {
  const { signal, onProgress } = options;
  const { databases: inputs } = workspace.project;
  onProgress("reading the document and the migrations");
  const expected = await expectedOf(workspace);
  onProgress("reading the databases");
  const databases = await Promise.all(
    inputs.map(async (input) => ({ input, live: await readLive(input, signal) })),
  );
  const readable = databases.flatMap(({ input, live }) => ("schema" in live ? [input] : []));
  const checked = await runChecks(
    workspace,
    { ...workspace, project: { ...workspace.project, databases: readable } },
    options,
  );
  const chains = await chainsOf(workspace, shadowOptions(workspace));
  const touches = new Map([...chains].map(([key, chain]) => [key, chainTouches(chain)]));
  const read: Read = { workspace, expected, checked, touches };
  const contents = databases.map((database) => ({
    ...database,
    content: contentOf(database.input, database.live, read),
  }));
  const tables = contents.flatMap(({ content }) => tablesOf(content));
  const lives = new Map(tables.map(({ id, life }) => [id, life]));
  const stated = contents.flatMap(({ content, input }): PageReference[] => {
    const columnOf = logicalColumns(expected.document, input.name);
    return referencesOf(content, ({ id }) => columnOf(id, input.key));
  });
  const lasts = inputs.flatMap(({ key }) => expected.sources.get(key)?.lastPhase ?? []);
  return {
    title: inputs.map(({ name }) => name).join(", "),
    source: expected.label,
    lastPhase: lasts.length === 0 ? undefined : Math.max(...lasts),
    databases: contents.map(({ content, input, live }) => pageDatabase(content, input, live)),
    tables,
    // A logical reference may be older than the table that it refers to.
    references: stated.map((reference) => ({
      ...reference,
      life: together([
        reference.life,
        ...[reference.from, reference.to].flatMap((id) => lives.get(id) ?? []),
      ]),
    })),
    findings: checked.findings,
    checks: checked.checks,
    notRead: notReadOf(databases, read),
  };
}
