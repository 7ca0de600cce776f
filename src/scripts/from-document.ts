import path from "node:path";
import { noDocument, noMigrations } from "../config/own-files.ts";
import type { Finding } from "../diff/finding.ts";
import { sectionsOf } from "../document/model.ts";
import { fileNameOf, nextNumber, refuseInstalled } from "../migrations/create.ts";
import { checkChains } from "../migrations/files.ts";
import type { DatabaseInput } from "../project/open.ts";
import type { Workspace } from "../project/workspace.ts";
import type { RepairOptions } from "../repair/kept.ts";
import { withPrinter } from "../shadow/printer.ts";
import { documentSchemas } from "../sources/of-document.ts";
import { chainSchemas } from "../sources/of-migrations.ts";
import { openDocument, shadowOptions } from "../sources/of-workspace.ts";
import { displayPath } from "../sql/source-file.ts";
import { writeAll } from "../write-files.ts";
import { type Draft, draftsOf } from "./drafts.ts";

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
  const rules = { allowDrops, plain, renames, privileges: false, owners: false };
  const drafts: Draft[] = [];
  const findings: Finding[] = [];
  const summary: string[] = [];
  await withPrinter(shadow, async (printer) => {
    for (const { key, name: database, chain } of project.databases) {
      if (sectionsOf(document, database).length === 0) {
        summary.push(`${key}: ${document.file} documents no table of it`);
        continue;
      }
      refuseInstalled(chain.folder);
      onProgress(`comparing ${key} with the document`);
      const { phases } = await documentSchemas(document, database, shadow);
      const last = chain.migrations.at(-1)?.phase ?? 0;
      const left = phases.flatMap((wanted, phase) => (phase < last ? [] : [{ phase, wanted }]));
      const documented = phases.at(-1);
      const made = await draftsOf(
        {
          name,
          number: nextNumber(project.chains) + drafts.length,
          chain,
          schemas: await chainSchemas(chain, shadow),
          document: displayPath(document.file),
          phases: left.length > 0 || documented === undefined ? left : [{ phase: last, wanted: documented }],
          options: rules,
        },
        { place: { ...shadow, database: key }, printer },
      );
      drafts.push(...made.drafts);
      findings.push(...made.findings);
      const count = made.drafts.length;
      summary.push(
        `${key}: ${count === 0 ? (made.findings.length === 0 ? "no difference" : "nothing to write") : `${count} ${count === 1 ? "migration" : "migrations"}, proven up and down`}`,
      );
    }
  });
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
  return { written, findings, summary };
}
