import { databases } from "../databases.ts";
import { marked } from "../diagram/changes.ts";
import type { Diagram } from "../diagram/model.ts";
import { diagramOf } from "../diagram/of-schema.ts";
import type { LogicalReference } from "../document/model.ts";
import { SocratesError } from "../errors.ts";
import type { Invocation } from "./commands/command.ts";
import { compareSources } from "./comparison.ts";
import type { Context } from "./context.ts";
import { openDocument, openSide } from "./sources.ts";

/** What `diagram` draws: one source, or the live databases with what differs from the document. */
export interface DrawnRequest {
  /** Undefined for a comparison of document and live. */
  readonly source: string | undefined;
  readonly phase: number | undefined;
}

/** What the document says of the databases beside their SQL. */
async function documented(context: Context, invocation: Invocation) {
  const document = await openDocument(context, invocation);
  return {
    logicalOf: (name: string): ReadonlyMap<string, readonly LogicalReference[]> =>
      new Map(
        document.tables
          .filter(({ database }) => database === name)
          .map((table) => [table.name, table.references]),
      ),
    keyOfDatabase: (name: string) => databases.find((database) => database.name === name)?.key,
  };
}

/**
 * The diagrams of the databases that are worked on.
 * @throws SocratesError from the sources; `usage` for a phase of a source that has none
 */
export async function drawnDiagrams(
  { source, phase }: DrawnRequest,
  context: Context,
  invocation: Invocation,
): Promise<Diagram[]> {
  const { logicalOf, keyOfDatabase } = await documented(context, invocation);
  if (source === undefined) {
    const compared = await compareSources(
      { from: "document", to: "live", phase, privileges: false },
      context,
      invocation,
    );
    return compared.map(({ key, name, labels, phase: at, expected, actual, findings }) => ({
      ...diagramOf({
        database: key,
        title: `${name}, live against ${labels.expected}, phase ${at}`,
        logical: logicalOf(name),
        keyOfDatabase,
        ...marked(expected, actual, findings),
      }),
    }));
  }
  const side = await openSide(source, context, invocation, { phaseGiven: true });
  return context.project.databases.flatMap(({ key, name }) => {
    const found = side.get(key);
    if (found === undefined) return [];
    if (phase !== undefined && found.lastPhase === undefined)
      throw new SocratesError("usage", `"${source}" has no phases to choose from`, {
        hint: "Leave --phase out, or draw document or migrations.",
      });
    const at = phase ?? found.lastPhase;
    return [
      diagramOf({
        database: key,
        title: `${name}, ${at === undefined ? source : `phase ${at}`}`,
        schema: found.at(at ?? 0),
        logical: logicalOf(name),
        keyOfDatabase,
      }),
    ];
  });
}
