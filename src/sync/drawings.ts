import type { NamedDatabase } from "../databases.ts";
import { type ColumnsMode, columnsModes } from "../diagram/columns.ts";
import { diagramOf } from "../diagram/of-schema.ts";
import { renderDiagrams } from "../diagram/render/index.ts";
import { type DiagramStyle, diagramStyles } from "../diagram/styles.ts";
import type { DocumentedSchema } from "../document/model.ts";
import { printedBlocks, withOutputs } from "../document/printed-blocks.ts";
import { SocratesError } from "../errors.ts";
import type { Schema } from "../schema/model.ts";

/** What drawings show. */
export interface DrawnDocument {
  readonly document: DocumentedSchema;
  /** By name of the database, at the last phase. */
  readonly schemas: ReadonlyMap<string, Schema>;
  readonly databases: readonly NamedDatabase[];
  readonly phase: number;
}

/** The options of a command that draws the document as it is at the end. */
interface DrawingOptions {
  readonly database: string | undefined;
  readonly style: DiagramStyle;
  readonly columns: ColumnsMode;
  readonly width: number;
}

/** The options of `diagram --database shop --width 80`; undefined for a command with others. */
function optionsIn([command, ...args]: readonly string[]): DrawingOptions | undefined {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at += 2) given.set(args[at] ?? "", args[at + 1] ?? "");
  const style = diagramStyles.find((name) => name === (given.get("--style") ?? "unicode"));
  const columns = columnsModes.find((name) => name === (given.get("--columns") ?? "none"));
  const width = Number(given.get("--width") ?? Number.POSITIVE_INFINITY);
  const isKnown = [...given.keys()].every((name) =>
    ["--database", "--style", "--columns", "--width"].includes(name),
  );
  if (command !== "diagram" || !isKnown || style === undefined || columns === undefined || !(width > 0))
    return undefined;
  return { database: given.get("--database"), style, columns, width };
}

/** The drawing that a command prints; undefined if only the command can. */
async function drawing(
  args: readonly string[],
  { document, schemas, databases, phase }: DrawnDocument,
): Promise<string | undefined> {
  const options = optionsIn(args);
  if (options === undefined) return undefined;
  const diagrams = databases.flatMap(({ key, name }) => {
    const schema = schemas.get(name);
    if (schema === undefined || ![undefined, key, name].includes(options.database)) return [];
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
  const { style, columns, width } = options;
  try {
    const { text } = await renderDiagrams(diagrams, { style, columns, width, paint: (line) => line });
    return `${text.trimEnd()}\n`;
  } catch (error) {
    // The width is too small for the new tables.
    if (error instanceof SocratesError) return undefined;
    throw error;
  }
}

/** A document's text with its printed drawings as they are now. */
export interface Redrawn {
  readonly text: string;
  /** Commands whose drawings differ. */
  readonly changed: readonly string[];
  /** Commands whose drawings only they can print. */
  readonly unknown: readonly string[];
}

/** Prints the drawings below comments such as `<!-- printed by: socrates-db diagram -->` again. */
export async function redrawn(text: string, drawn: DrawnDocument): Promise<Redrawn> {
  const [changed, unknown, outputs]: [string[], string[], string[]] = [[], [], []];
  for (const { args, output } of printedBlocks(text)) {
    const printed = await drawing(args, drawn);
    if (printed === undefined) unknown.push(args.join(" "));
    const isSame = printed === undefined || printed.trimEnd() === output.trimEnd();
    if (!isSame) changed.push(args.join(" "));
    outputs.push(isSame ? output : printed);
  }
  return { text: withOutputs(text, outputs), changed, unknown };
}
