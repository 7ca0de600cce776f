import path from "node:path";
import { noDocument, noMigrations } from "../config/own-files.ts";
import type { Finding } from "../diff/finding.ts";
import { sectionsOf } from "../document/model.ts";
import { fileNameOf, nextNumber, refuseInstalled } from "../migrations/create.ts";
import { type ChainFiles, checkChains } from "../migrations/files.ts";
import type { DatabaseInput } from "../project/open.ts";
import type { Workspace } from "../project/workspace.ts";
import type { RepairOptions } from "../repair/kept.ts";
import type { Schema } from "../schema/model.ts";
import { withPrinter } from "../shadow/printer.ts";
import { documentSchemas } from "../sources/of-document.ts";
import { chainSchemas } from "../sources/of-migrations.ts";
import { openDocument, shadowOptions } from "../sources/of-workspace.ts";
import { displayPath } from "../sql/source-file.ts";
import { writeAll } from "../write-files.ts";
import { type Draft, type DraftInput, type Drafts, draftsOf, endOf } from "./drafts.ts";
import { checkRenames } from "./renames.ts";

export interface FromDocumentOptions
  extends Partial<Pick<RepairOptions, "allowDrops" | "plain" | "renames">> {
  /** Description, which becomes the file names. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
  /** Receives what is being done, in a few words. */
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** A migration that was written; paths are absolute. */
export interface WrittenMigration extends Pick<Draft, "database" | "number" | "phase"> {
  readonly up: string;
  readonly down: string | undefined;
}

export interface FromDocumentResult {
  readonly written: readonly WrittenMigration[];
  readonly findings: readonly Finding[];
  readonly summary: readonly string[];
}

function filesOf(draft: Draft, folder: string): WrittenMigration {
  const { database, number, phase, id, down } = draft;
  const file = (end: string) => path.join(folder, `${id}${end}`);
  return {
    database,
    number,
    phase,
    up: file(".sql"),
    down: down === undefined ? undefined : file(".down.sql"),
  };
}

/** The documented schemas from the last phase of a chain on: phases never fall along it. */
function phasesLeft(phases: readonly Schema[], chain: ChainFiles): DraftInput["phases"] {
  const last = chain.migrations.at(-1)?.phase ?? 0;
  const end = phases.at(-1);
  if (end !== undefined && phases.length <= last) return [{ phase: last, wanted: end }];
  return phases.flatMap((wanted, phase) => (phase < last ? [] : [{ phase, wanted }]));
}

function outcomeOf({ drafts, findings }: Drafts): string {
  if (drafts.length === 0) return findings.length === 0 ? "no difference" : "nothing to write";
  const count = `${drafts.length} ${drafts.length === 1 ? "migration" : "migrations"}`;
  return `${count}, proven up${drafts.every(({ down }) => down !== undefined) ? " and down" : ""}`;
}

function summaryOf(
  databases: readonly DatabaseInput[],
  inputs: readonly Pick<DraftInput, "chain">[],
  made: readonly Drafts[],
): string[] {
  return databases.map(({ key }) => {
    const drafts = made[inputs.findIndex(({ chain }) => chain.database === key)];
    return `${key}: ${drafts === undefined ? "the document has no table of it" : outcomeOf(drafts)}`;
  });
}

/**
 * Compares the end of each chain with the document, and writes the migrations that are missing: all, or none if one of
 * them is not proven.
 * @throws SocratesError `usage`, `config-not-found`, `document-invalid`, `file-invalid`, `output-failed`
 */
export async function migrationsFromDocument(
  workspace: Workspace,
  options: FromDocumentOptions,
): Promise<FromDocumentResult> {
  const { allowDrops = false, plain = false, renames = [], signal, onProgress = () => {} } = options;
  const { config, project } = workspace;
  const name = fileNameOf(options.name);
  if (config.chains.length === 0) throw noMigrations(config.files);
  if (config.files.document === undefined) throw noDocument(config.files);
  checkChains(project.chains);
  const document = await openDocument(workspace);
  const shadow = { ...shadowOptions(workspace), signal, exact: true };
  const documented = project.databases.filter(
    ({ name: database }) => sectionsOf(document, database).length > 0,
  );
  for (const { chain } of documented) refuseInstalled(chain.folder);
  const inputs: Omit<DraftInput, "number">[] = [];
  for (const { name: database, chain } of documented)
    inputs.push({
      name,
      chain,
      schemas: await chainSchemas(chain, shadow),
      document: displayPath(document.file),
      phases: phasesLeft((await documentSchemas(document, database, shadow)).phases, chain),
      options: { allowDrops, plain, renames },
    });
  checkRenames(
    inputs.map(({ schemas }) => endOf(schemas)),
    renames,
  );
  const made = await withPrinter(shadow, async (printer) => {
    const all: Drafts[] = [];
    let number = nextNumber(project.chains);
    for (const input of inputs) {
      const { database } = input.chain;
      onProgress(`comparing ${database} with the document`);
      const drafts = await draftsOf({ ...input, number }, { place: { ...shadow, database }, printer });
      number += drafts.drafts.length;
      all.push(drafts);
    }
    return all;
  });
  const drafts = made.flatMap((one) => one.drafts);
  const findings = made.flatMap((one) => one.findings);
  const isRefused = findings.some(({ code }) => code === "not-provable");
  const folderOf = (key: string) =>
    project.databases.find((one: DatabaseInput) => one.key === key)?.chain.folder ?? "";
  const written = isRefused ? [] : drafts.map((draft) => filesOf(draft, folderOf(draft.database)));
  writeAll(
    written.flatMap(({ up, down }, i) => {
      const draft = drafts[i];
      if (draft === undefined) return [];
      return [
        { path: up, text: draft.up },
        ...(down === undefined || draft.down === undefined ? [] : [{ path: down, text: draft.down }]),
      ];
    }),
  );
  return { written, findings, summary: summaryOf(project.databases, inputs, made) };
}
