import { isServerError } from "../database/server-error.ts";
import { schemaFindings } from "../diff/findings.ts";
import { materialise } from "../document/materialise.ts";
import { parseDocument } from "../document/read.ts";
import { SocratesError } from "../errors.ts";
import { readScript } from "../migrations/files.ts";
import type { Schema } from "../schema/model.ts";
import { comparable } from "../shadow/comparable.ts";
import { withShadow } from "../shadow/open.ts";
import { type Printer, withPrinter } from "../shadow/printer.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { runScript } from "../sources/of-migrations.ts";
import type { Baseline } from "./baseline.ts";
import type { Note } from "./model.ts";

/** The differences between what a file creates and the live schema, in the words of `diff`. */
async function differences(
  { database }: Baseline,
  from: string,
  created: Schema,
  live: Schema,
  printer: Printer,
): Promise<Note[]> {
  const { expected, actual, derived } = await comparable(created, live, printer);
  const labels = { expected: from, actual: database.key };
  return schemaFindings({ database: database.key, expected, actual, labels, derived })
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => ({ from, reason: message }));
}

/** The reason why PostgreSQL or a reader of files does not accept a file; other errors are thrown again. */
function reasonOf(error: unknown, from: string): Note {
  if (error instanceof SocratesError || isServerError(error)) return { from, reason: error.message };
  throw error;
}

/** What is wrong with the files of a baseline. */
export interface Flaws {
  /** Of the up files and the document: they differ from the live schema, or do not run. */
  readonly ups: readonly Note[];
  /** Of the down files, which may be left out. */
  readonly downs: readonly Note[];
  /** What the embedded engine could not run, as it lacks an extension. */
  readonly unproven: readonly Note[];
}

/** The created schema and the live one: with privileges, unless an extension is missing. */
async function bothSides(shadow: Shadow, { schema, granted }: Baseline): Promise<readonly [Schema, Schema]> {
  const created = await shadow.readSchema({ exact: true });
  return created.uncovered.some(({ reason }) => reason !== undefined)
    ? [created, schema]
    : [await shadow.readSchema({ privileges: true, exact: true }), granted];
}

/** Runs the baseline up and down in the shadow. */
async function proveScripts(baseline: Baseline, printer: Printer): Promise<Flaws> {
  const { database, up, down } = baseline;
  return withShadow({}, async (shadow) => {
    const empty = await shadow.readSchema();
    try {
      await runScript(shadow, readScript(up, false));
    } catch (error) {
      return { ups: [reasonOf(error, up.path)], downs: [], unproven: [] };
    }
    const [created, live] = await bothSides(shadow, baseline);
    const ups = await differences(baseline, up.path, created, live, printer);
    const unproven = created.uncovered.flatMap(({ what, name, reason }) =>
      reason === undefined
        ? []
        : [{ from: database.key, reason: `${what} ${name} is not proven: ${reason}` }],
    );
    try {
      await runScript(shadow, readScript(down, false));
    } catch (error) {
      return { ups, downs: [reasonOf(error, down.path)], unproven };
    }
    const { objects } = await shadow.readSchema();
    const left = [...objects.keys()].filter((key) => !empty.objects.has(key));
    return { ups, downs: left.map((key) => ({ from: down.path, reason: `leaves ${key}` })), unproven };
  });
}

async function proveDocument(
  baselines: readonly Baseline[],
  file: string,
  text: string,
  printer: Printer,
): Promise<Note[]> {
  try {
    const document = parseDocument(
      text,
      file,
      baselines.map(({ database }) => database),
    );
    const notes: Note[] = document.unread.map(({ message }) => ({ from: file, reason: message }));
    for (const baseline of baselines) {
      if (baseline.plan.creations.length === 0) continue;
      const { phases } = await materialise(document, baseline.database.name, {}, { exact: true });
      const created = phases.at(-1);
      if (created !== undefined)
        notes.push(...(await differences(baseline, file, created, baseline.schema, printer)));
    }
    return notes;
  } catch (error) {
    return [reasonOf(error, file)];
  }
}

/** Runs the baselines and the document in the shadow and compares what they create with the live schemas. */
export async function prove(
  baselines: readonly Baseline[],
  document: { readonly path: string; readonly text: string },
  onProgress: (text: string) => void,
): Promise<Flaws> {
  return withPrinter({}, async (printer) => {
    const scripts: Flaws[] = [];
    for (const baseline of baselines) {
      onProgress(`running ${baseline.up.path}`);
      scripts.push(await proveScripts(baseline, printer));
    }
    const ups = scripts.flatMap((flaws) => flaws.ups);
    onProgress(`running the SQL of ${document.path}`);
    return {
      ups: ups.length > 0 ? ups : await proveDocument(baselines, document.path, document.text, printer),
      downs: scripts.flatMap((flaws) => flaws.downs),
      unproven: scripts.flatMap((flaws) => flaws.unproven),
    };
  });
}
