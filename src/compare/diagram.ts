import { marked } from "../diagram/changes.ts";
import type { Diagram } from "../diagram/model.ts";
import { neighbourhood } from "../diagram/neighbourhood.ts";
import { diagramOf } from "../diagram/of-schema.ts";
import { type RenderedDiagram, type RenderOptions, renderDiagrams } from "../diagram/render/index.ts";
import type { DocumentedSchema } from "../document/model.ts";
import { SocratesError } from "../errors.ts";
import { checkPhase, type Workspace } from "../project/workspace.ts";
import type { Schema } from "../schema/model.ts";
import { documentIfAny, expectedSource } from "../sources/of-workspace.ts";
import { phaseText, type Source } from "../sources/source.ts";
import { compareSources } from "./compare.ts";
import { documented } from "./documented.ts";
import { openSources } from "./open-source.ts";
import { isSourceName } from "./source-names.ts";

/** What to draw: one source, or the live databases with their differences. */
export interface DrawnOptions {
  /** The document by default, or the migrations if no document is configured. */
  readonly source?: string | undefined;
  readonly diff?: boolean;
  /** By default the last one; with `diff`, the one that the database has reached. */
  readonly phase?: number | undefined;
  /** Draw only this table and its neighbours, up to `depth` references away. */
  readonly table?: string | undefined;
  readonly depth?: number | undefined;
}

/** The display name of a source: its name or its target, never the text of a connection string. */
function titleOf(source: string, { label }: Source): string {
  return isSourceName(source) ? source : label;
}

/** Diagrams, and what they do not show. */
interface Drawn {
  readonly diagrams: readonly Diagram[];
  readonly warnings: readonly string[];
}

/** Sentences about what the shadow could not create, or what was left out of a comparison for that reason. */
function notDrawn(key: string, ...schemas: readonly Schema[]): string[] {
  const sentences = schemas
    .flatMap(({ uncovered }) => uncovered)
    .flatMap(({ what, name, reason }) =>
      reason === undefined ? [] : [`${key}: ${what} ${name} is not drawn: ${reason}`],
    );
  return [...new Set(sentences)];
}

async function diffDiagrams(
  from: string,
  phase: number | undefined,
  workspace: Workspace,
  document: DocumentedSchema | undefined,
): Promise<Drawn> {
  const compared = await compareSources({ from, to: "live", phase, ignore: [] }, workspace);
  const diagrams = compared.map(({ key, name, labels, phase: at, expected, actual, findings }) =>
    diagramOf({
      database: key,
      title: `${name}, live against ${labels.expected}, ${phaseText(at)}`,
      ...documented(workspace, document, name),
      ...marked(expected, actual, findings),
    }),
  );
  return {
    diagrams,
    warnings: compared.flatMap(({ key, expected, actual }) => notDrawn(key, expected, actual)),
  };
}

async function sourceDiagrams(
  source: string,
  phase: number | undefined,
  workspace: Workspace,
  document: DocumentedSchema | undefined,
): Promise<Drawn> {
  const sources = await openSources(source, workspace, { phaseGiven: true });
  const drawn = workspace.project.databases.flatMap(({ key, name }) => {
    const found = sources.get(key);
    if (found === undefined) return [];
    if (phase !== undefined && found.lastPhase === undefined)
      throw new SocratesError("usage", `"${titleOf(source, found)}" has no phases to choose from`, {
        hint: "Leave --phase out, or draw document or migrations.",
      });
    const at = phase ?? found.lastPhase;
    const schema = found.at(at ?? 0);
    const title = `${name}, ${at === undefined ? titleOf(source, found) : `phase ${at}`}`;
    const diagram = diagramOf({ database: key, title, schema, ...documented(workspace, document, name) });
    return [{ diagram, warnings: notDrawn(key, schema) }];
  });
  return {
    diagrams: drawn.map((one) => one.diagram),
    warnings: drawn.flatMap(({ warnings }) => warnings),
  };
}

/**
 * Draws the databases of a workspace.
 * @throws SocratesError from the sources; `usage` for a phase of a source that has none, a table that does not exist,
 * and
 * a width that is too small
 */
export async function diagram(
  workspace: Workspace,
  { source: given, diff = false, phase, table, depth = 1 }: DrawnOptions,
  rendering: RenderOptions,
): Promise<RenderedDiagram> {
  checkPhase(workspace, phase);
  const document = await documentIfAny(workspace);
  const source = given ?? expectedSource(workspace);
  const draw = diff ? diffDiagrams : sourceDiagrams;
  const { diagrams, warnings } = await draw(source, phase, workspace, document);
  const rendered = await renderDiagrams(
    table === undefined ? diagrams : neighbourhood(diagrams, table, depth),
    rendering,
  );
  return { ...rendered, warnings: [...warnings, ...rendered.warnings] };
}
