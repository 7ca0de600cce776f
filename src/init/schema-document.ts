import { diagramOf } from "../diagram/of-schema.ts";
import { renderDiagrams } from "../diagram/render/index.ts";
import { pluralOf } from "../diff/findings.ts";
import { fence } from "../document/fence.ts";
import { creationOrder } from "../repair/kinds.ts";
import { isSet, sqlName } from "../repair/names.ts";
import type { Creation } from "../repair/unit.ts";
import { type Kind, type Schema, schemaOf } from "../schema/model.ts";
import { shortName } from "../schema/names.ts";
import { countIndexes } from "../verify/index-counts.ts";
import { type Baseline, tablesOf } from "./baseline.ts";

function sqlBlock(statements: readonly string[]): string {
  return fence("sql", statements.map((sql) => `${sql};`).join("\n\n"));
}

/** Whether objects of a kind are created before the tables. */
function isBeforeTables(kind: Kind): boolean {
  const rank = (wanted: Kind) => creationOrder.findIndex((kinds) => kinds.includes(wanted));
  return rank(kind) < rank("table");
}

function objectsSection(creations: readonly Creation[], settings: readonly string[]): string[] {
  if (creations.length === 0) return [];
  const kinds = [...new Set(creations.map(({ kind }) => pluralOf(kind)))];
  const statements = [...settings, ...creations.flatMap(({ create }) => create)];
  return [`#### Objects: ${kinds.join(", ")}\n`, sqlBlock(statements)];
}

function tableSections(creations: readonly Creation[]): string[] {
  const byTable = new Map<string, Creation[]>();
  for (const creation of creations) {
    const { table } = creation;
    if (table !== undefined) byTable.set(table, [...(byTable.get(table) ?? []), creation]);
  }
  return [...byTable].flatMap(([table, own]) => [
    `#### Table: ${sqlName(shortName(table))}\n`,
    sqlBlock(own.flatMap(({ create }) => create)),
  ]);
}

function databaseSection({ database, plan: { creations }, settings }: Baseline): string[] {
  const others = creations.filter(({ table }) => table === undefined);
  const before = others.filter(({ kind }) => isBeforeTables(kind));
  const after = others.filter(({ kind }) => !isBeforeTables(kind));
  // Other statements follow these settings, so they are there even if nothing comes before the tables.
  const isFirst = others.length > 0;
  return [
    `## ${database.name} Database\n`,
    "### Phase 0\n",
    ...objectsSection(before, isFirst ? settings : []),
    ...tableSections(creations),
    ...objectsSection(after, before.length === 0 ? settings : []),
  ];
}

/** Comparisons read no index that belongs to one of a partitioned table. */
function withoutPartitionIndexes({ objects, uncovered, serverVersion }: Schema): Schema {
  const compared = [...objects.values()].filter((object) => !isSet(object, "ofPartition"));
  return schemaOf(compared, uncovered, serverVersion);
}

/** How many indexes each table has, without primary keys: `verify document` checks these counts. */
function indexSection(baselines: readonly Baseline[]): string[] {
  const counts = baselines.map(({ schema }) => countIndexes(withoutPartitionIndexes(schema)));
  const total = counts.reduce(
    (sum, { byTable }) => sum + [...byTable.values()].reduce((a, b) => a + b, 0),
    0,
  );
  const [only, ...others] = counts;
  const lines =
    only === undefined || others.length > 0
      ? []
      : [...only.byTable]
          .filter(([table]) => /^[a-z0-9_.]+$/.test(table))
          .sort()
          .map(([table, count]) => `- ${shortName(table)}: ${count} ${count === 1 ? "index" : "indexes"}`);
  return [
    "## Indexes\n",
    "Primary keys are not counted.\n",
    `${[...lines, `- Total: ${total} ${total === 1 ? "index" : "indexes"}`].join("\n")}\n`,
  ];
}

async function diagramSection(baselines: readonly Baseline[]): Promise<string[]> {
  const drawn = baselines
    .filter(({ schema }) => tablesOf(schema).length > 0)
    .map(({ database: { key, name }, schema }) =>
      diagramOf({
        database: key,
        title: `${name}, phase 0`,
        schema,
        logical: new Map(),
        keyOfDatabase: () => undefined,
      }),
    );
  if (drawn.length === 0) return [];
  const { text } = await renderDiagrams(drawn, {
    style: "unicode",
    columns: "none",
    width: Number.POSITIVE_INFINITY,
    paint: (line) => line,
  });
  return ["## Diagram\n", "<!-- printed by: socrates-db diagram -->\n", fence("text", text.trimEnd())];
}

/** The document of databases as their baselines create them. */
export async function schemaDocument(baselines: readonly Baseline[]): Promise<string> {
  const parts = [
    "# The schema\n",
    "The SQL of each table is below its heading. `socrates-db diff` runs it and compares the result with the database.\n",
    ...baselines.flatMap(databaseSection),
    ...indexSection(baselines),
    ...(await diagramSection(baselines)),
  ];
  return parts.join("\n");
}
