import { databases } from "../databases.ts";
import { marked } from "../diagram/changes.ts";
import type { Diagram } from "../diagram/model.ts";
import { diagramOf } from "../diagram/of-schema.ts";
import type { LogicalReference } from "../document/model.ts";
import { SocratesError } from "../errors.ts";
import { phaseText, type Source } from "../sources/source.ts";
import type { Invocation } from "./commands/command.ts";
import { compareSources } from "./comparison.ts";
import type { Context } from "./context.ts";
import { documentIfAny, expectedSource, openSide, sourceWords } from "./sources.ts";

/** What `diagram` draws: one source, or the live databases with what differs from what is expected. */
export interface DrawnRequest {
  /** Undefined for the document, or the migrations where there is none. */
  readonly source: string | undefined;
  readonly diff: boolean;
  readonly phase: number | undefined;
}

/** What the document says of the databases beside their SQL. */
async function documented(context: Context, invocation: Invocation) {
  const document = await documentIfAny(context, invocation);
  return {
    logicalOf: (name: string): ReadonlyMap<string, readonly LogicalReference[]> =>
      new Map(
        (document?.tables ?? [])
          .filter(({ database }) => database === name)
          .map((table) => [table.name, table.references]),
      ),
    keyOfDatabase: (name: string) => databases.find((database) => database.name === name)?.key,
  };
}

/** What to call a source: its word, or where it leads; never the text of a connection string. */
function titleOf(spec: string, { label }: Source): string {
  return sourceWords.includes(spec) ? spec : label;
}

/**
 * The diagrams of the databases that are worked on.
 * @throws SocratesError from the sources; `usage` for a phase of a source that has none
 */
export async function drawnDiagrams(
  { source: given, diff, phase }: DrawnRequest,
  context: Context,
  invocation: Invocation,
): Promise<Diagram[]> {
  const { logicalOf, keyOfDatabase } = await documented(context, invocation);
  const source = given ?? expectedSource(context, invocation);
  if (diff) {
    const compared = await compareSources(
      { from: source, to: "live", phase, privileges: false },
      context,
      invocation,
    );
    return compared.map(({ key, name, labels, phase: at, expected, actual, findings }) => ({
      ...diagramOf({
        database: key,
        title: `${name}, live against ${labels.expected}, ${phaseText(at)}`,
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
      throw new SocratesError("usage", `"${titleOf(source, found)}" has no phases to choose from`, {
        hint: "Leave --phase out, or draw document or migrations.",
      });
    const at = phase ?? found.lastPhase;
    return [
      diagramOf({
        database: key,
        title: `${name}, ${at === undefined ? titleOf(source, found) : `phase ${at}`}`,
        schema: found.at(at ?? 0),
        logical: logicalOf(name),
        keyOfDatabase,
      }),
    ];
  });
}
