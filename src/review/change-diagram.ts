import { documented } from "../compare/documented.ts";
import { marked } from "../diagram/changes.ts";
import type { Diagram } from "../diagram/model.ts";
import { surroundings } from "../diagram/neighbourhood.ts";
import { diagramOf } from "../diagram/of-schema.ts";
import { renderMermaid } from "../diagram/render/mermaid.ts";
import { schemaFindings } from "../diff/findings.ts";
import type { DatabaseInput } from "../project/open.ts";
import type { Workspace } from "../project/workspace.ts";
import type { ChainSchemas } from "../sources/of-migrations.ts";
import { chainsOf, documentIfAny, shadowOptions } from "../sources/of-workspace.ts";
import type { NewMigrations } from "./new-migrations.ts";

/** A Mermaid diagram of the end of all chains, or why there is none. */
export interface ChangeDiagram {
  readonly mermaid: string | undefined;
  /** What it shows, or why there is none, as a sentence. */
  readonly caption: string;
}

/** Larger diagrams are hard to read, and leave no room in a comment. */
const limits = { tables: 30, characters: 20_000, references: 400 } as const;

function fits(diagrams: readonly Diagram[], text: string, tables: number): boolean {
  const references = diagrams.reduce((sum, diagram) => sum + diagram.references.length, 0);
  const drawn = diagrams.reduce((sum, diagram) => sum + diagram.tables.length, 0);
  return text.length <= limits.characters && references <= limits.references && drawn <= tables;
}

function drawnOf(
  { key, name }: DatabaseInput,
  { empty, steps }: ChainSchemas,
  first: number,
  facts: Pick<Parameters<typeof diagramOf>[0], "logical" | "keyOfDatabase">,
): Diagram {
  const actual = steps.at(-1)?.after ?? empty;
  const expected = steps.findLast(({ file }) => file.number < first)?.after ?? empty;
  const labels = { expected: "the schema before", actual: "the schema after" };
  const findings = schemaFindings({ database: key, expected, actual, labels });
  return diagramOf({ database: key, title: name, ...facts, ...marked(expected, actual, findings) });
}

/**
 * Draws what the new migrations change: all tables if they are few, else the changed ones with their neighbours.
 * @throws SocratesError from the migrations and the document
 */
export async function changeDiagram(
  workspace: Workspace,
  added: NewMigrations | undefined,
): Promise<ChangeDiagram> {
  if (workspace.config.chains.length === 0)
    return { mermaid: undefined, caption: "No diagram: no migrations are configured." };
  if (added?.files.length === 0) return { mermaid: undefined, caption: "No diagram: no migration is new." };
  const chains = await chainsOf(workspace, shadowOptions(workspace));
  const document = await documentIfAny(workspace);
  const first = added?.files[0]?.number ?? Number.POSITIVE_INFINITY;
  const all = workspace.project.databases.flatMap((database) => {
    const chain = chains.get(database.key);
    return chain === undefined
      ? []
      : [drawnOf(database, chain, first, documented(workspace, document, database.name))];
  });
  const changed = new Set(
    all.flatMap(({ tables }) => tables.filter(({ change }) => change !== undefined).map(({ id }) => id)),
  );
  const signs = "+ new, - dropped, ~ changed";
  const candidates = [
    {
      diagrams: all,
      tables: limits.tables,
      caption: added === undefined ? "All tables." : `All tables: ${signs}.`,
    },
    ...(changed.size === 0
      ? []
      : [1, 0].map((depth) => ({
          diagrams: surroundings(all, changed, depth),
          tables: Number.POSITIVE_INFINITY,
          caption: `The changed tables${depth === 0 ? "" : " and their neighbours"}: ${signs}.`,
        }))),
  ];
  for (const { diagrams, tables, caption } of candidates) {
    const mermaid = renderMermaid(diagrams, "keys");
    if (fits(diagrams, mermaid, tables)) return { mermaid, caption };
  }
  const why =
    changed.size === 0
      ? `no table changes, and there are more than ${limits.tables}`
      : "the change is too large";
  return {
    mermaid: undefined,
    caption: `No diagram: ${why}. Draw a part with: socrates-db diagram --table NAME`,
  };
}
