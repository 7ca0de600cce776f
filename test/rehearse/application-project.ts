import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Finding } from "../../src/diff/finding.ts";
import { open } from "../../src/index.ts";
import type { ApplicationCounts } from "../../src/rehearse/application/reporting.ts";

export interface ApplicationRehearsal {
  readonly findings: readonly Finding[];
  readonly applicationStatements: ApplicationCounts;
}

/** Writes files below a folder; migrations, which are below `m`, get their phase. */
export function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  phase = 0,
): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, name.startsWith("m/") ? `-- socrates-db: phase ${phase}\n${text}` : text);
  }
}

/** A new folder with a project of these databases, whose migrations are in `m/KEY`. */
export function makeProject(
  keys: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>>,
): string {
  const folder = mkdtempSync(path.join(tmpdir(), "application-"));
  const databases = Object.fromEntries(keys.map((key) => [key, { migrations: `m/${key}` }]));
  writeFiles(folder, { "socrates-db.config.json": JSON.stringify({ databases }), ...files });
  return folder;
}

function isRehearsal(value: object): value is ApplicationRehearsal {
  return "findings" in value && "applicationStatements" in value;
}

/** Rehearses the migrations after a number, with the statements in `sql`, without a database. */
export async function rehearseWith(
  cwd: string,
  since: number,
  statements = "sql",
): Promise<ApplicationRehearsal> {
  const project = await open({ cwd, env: {} });
  try {
    const result = await project.rehearse({ since, statements });
    if (!isRehearsal(result)) throw new Error("the result has no statements of an application");
    return result;
  } finally {
    await project.close();
  }
}

/** The findings about statements, as `file:line code`. */
export function places({ findings }: ApplicationRehearsal): string[] {
  return findings
    .filter(({ code }) => /^(statement|plan|joins)-/.test(code))
    .map(({ code, location }) => `${location && path.basename(location.file)}:${location?.line} ${code}`)
    .sort();
}
