import type { NamedDatabase } from "../databases.ts";
import { diagramOf } from "../diagram/of-schema.ts";
import { renderDiagrams } from "../diagram/render/index.ts";
import type { DocumentedSchema } from "../document/model.ts";
import { printedBlocks, withOutputs } from "../document/printed-blocks.ts";
import type { Schema } from "../schema/model.ts";

/** The drawing that `socrates-db diagram` prints. */
async function drawing(
  document: DocumentedSchema,
  schemas: ReadonlyMap<string, Schema>,
  databases: readonly NamedDatabase[],
  phase: number,
): Promise<string> {
  const diagrams = databases.flatMap(({ key, name }) => {
    const schema = schemas.get(name);
    if (schema === undefined) return [];
    const tables = document.tables.filter((table) => table.database === name);
    return [
      diagramOf({
        database: key,
        title: `${name}, phase ${phase}`,
        schema,
        logical: new Map(tables.map((table) => [table.name, table.references])),
        keyOfDatabase: (other) => databases.find((database) => database.name === other)?.key,
      }),
    ];
  });
  const { text } = await renderDiagrams(diagrams, {
    style: "unicode",
    columns: "none",
    width: Number.POSITIVE_INFINITY,
    paint: (line) => line,
  });
  return text;
}

/** A document's text with its printed drawings as they are now. */
export interface Redrawn {
  readonly text: string;
  /** Commands of drawings that differ, or that only the command itself can print. */
  readonly changed: boolean;
  readonly unknown: readonly string[];
}

/** Prints the drawings below comments such as `<!-- printed by: socrates-db diagram -->` again. */
export async function redrawn(
  text: string,
  document: DocumentedSchema,
  schemas: ReadonlyMap<string, Schema>,
  databases: readonly NamedDatabase[],
  phase: number,
): Promise<Redrawn> {
  const blocks = printedBlocks(text);
  const isPlain = (args: readonly string[]) => args.length === 1 && args[0] === "diagram";
  if (blocks.length === 0) return { text, changed: false, unknown: [] };
  const printed = blocks.some(({ args }) => isPlain(args))
    ? await drawing(document, schemas, databases, phase)
    : "";
  const outputs = blocks.map(({ args, output }) =>
    isPlain(args) && output.trimEnd() !== printed.trimEnd() ? `${printed.trimEnd()}\n` : output,
  );
  const next = withOutputs(text, outputs);
  return {
    text: next,
    changed: next !== text,
    unknown: blocks.filter(({ args }) => !isPlain(args)).map(({ args }) => args.join(" ")),
  };
}
