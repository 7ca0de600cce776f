import { type Location, SocratesError } from "../errors.ts";
import type { MigrationFile } from "../migrations/files.ts";
import { readDownFile, scriptOf } from "../migrations/scripts.ts";
import type { Schema } from "../schema/model.ts";
import { sameObjects } from "../schema/same.ts";
import { cachedSchemas, cacheKey, type ShadowOptions } from "../shadow/cache.ts";
import { withShadow } from "../shadow/open.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { displayPath } from "../sql/source-file.ts";
import { type ChainSchemas, runScript, runUp, type Step } from "./of-migrations.ts";

/** The schema that a down file leaves, starting from the end of its migration. */
export interface DownStep extends Step {
  readonly downPath: string;
  /** The schema after the down file; unchanged if it failed. */
  readonly left: Schema;
  readonly failure: { readonly message: string; readonly location: Location } | undefined;
}

/** A cached failure; the path of the file may be different the next time. */
interface Note {
  readonly number: number;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

type Undoable = Step & { readonly downPath: string };

function undoable({ steps }: ChainSchemas): Undoable[] {
  return steps.flatMap((step) => {
    const { downPath } = step.file;
    return downPath === undefined || readDownFile(step.file).kind !== "script" ? [] : [{ ...step, downPath }];
  });
}

/** Runs a down file, and returns its error, if any. */
async function undo(shadow: Shadow, file: MigrationFile): Promise<Note | undefined> {
  const script = scriptOf(file, "down");
  try {
    await runScript(shadow, script);
    return undefined;
  } catch (error) {
    if (!(error instanceof SocratesError)) throw error;
    const message = error.cause instanceof Error ? error.cause.message : error.message;
    const { line = 1, column = 1 } = error.location ?? {};
    return { number: file.number, message, line, column };
  }
}

/**
 * Rolls the chain back from its end, while each down file restores exactly the schema before its migration: otherwise
 * the next one would start from a wrong schema.
 * @returns how many of the first `steps` remain
 */
async function undoWhileExact(
  steps: readonly Step[],
  wanted: ReadonlySet<MigrationFile>,
  left: Map<MigrationFile, Schema>,
  notes: Note[],
  options: ShadowOptions,
): Promise<number> {
  return withShadow({ ...options, database: steps[0]?.file.database }, async (shadow) => {
    for (const { file } of steps) await runUp(shadow, file);
    for (let rest = steps.length - 1; rest >= 0; rest--) {
      const step = steps[rest];
      if (step === undefined || !wanted.has(step.file)) return rest;
      const note = await undo(shadow, step.file);
      if (note !== undefined) notes.push(note);
      const schema = await shadow.readSchema();
      left.set(step.file, schema);
      if (!sameObjects(schema, step.before)) return rest;
    }
    return 0;
  });
}

/** The result of each down file, in the order of `undoable`; a new shadow starts after each inexact one. */
async function run(
  chain: ChainSchemas,
  shadow: ShadowOptions,
): Promise<{ schemas: Schema[]; notes: Note[] }> {
  const files = undoable(chain).map(({ file }) => file);
  const left = new Map<MigrationFile, Schema>();
  const notes: Note[] = [];
  for (let rest = chain.steps.length; rest > 0; )
    rest = await undoWhileExact(chain.steps.slice(0, rest), new Set(files), left, notes, shadow);
  return { schemas: files.flatMap((file) => left.get(file) ?? []), notes };
}

/**
 * The results of a chain's down files, each run right after its migration. Steps without a down file are left out.
 * @throws SocratesError `file-invalid` for an invalid down file
 */
export async function downSchemas(chain: ChainSchemas, shadow: ShadowOptions): Promise<DownStep[]> {
  const steps = undoable(chain);
  const texts = chain.steps.flatMap(({ file }) => [
    file.checksum,
    readDownFile(file).kind === "script" ? scriptOf(file, "down").source.text : "",
  ]);
  const { schemas, notes } = await cachedSchemas(shadow, cacheKey("downs", ...texts), async () => {
    const made = await run(chain, shadow);
    return { schemas: made.schemas, notes: made.notes.map((note) => JSON.stringify(note)) };
  });
  const failures: Note[] = notes.map((note) => JSON.parse(note));
  return steps.map((step, i): DownStep => {
    const left = schemas[i];
    if (left === undefined) throw new Error(`${step.file.id} was not rolled back`);
    const note = failures.find(({ number }) => number === step.file.number);
    if (note === undefined) return { ...step, left, failure: undefined };
    const { message, line, column } = note;
    return {
      ...step,
      left,
      failure: { message, location: { file: displayPath(step.downPath), line, column } },
    };
  });
}
