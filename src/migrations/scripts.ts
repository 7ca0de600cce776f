import { SocratesError } from "../errors.ts";
import { readDirectives } from "./directives.ts";
import { type MigrationFile, readScript, type Script } from "./files.ts";
import { type Plan, planFiles } from "./plan.ts";
import type { ReportedTarget } from "./reported-target.ts";
import type { Direction } from "./settings.ts";
import { displayPath, readSource } from "./source-file.ts";

/** One file of a migration. @throws SocratesError `file-invalid`, also where there is nothing to undo it with */
export function scriptOf(file: MigrationFile, direction: Direction): Script {
  if (direction === "up") return readScript(file.source, file.noTransaction);
  if (file.downPath === undefined)
    throw new SocratesError("file-invalid", `${displayPath(file.source.path)} has no file that undoes it`, {
      hint: `Write ${file.id}.down.sql beside it.`,
    });
  const source = readSource(file.downPath);
  return readScript(source, readDirectives(source).noTransaction);
}

/** The scripts of a plan: read and checked before anything runs. */
export type Scripts = ReadonlyMap<MigrationFile, Script>;

/** What a run would do, and where. */
export interface Planned {
  readonly plan: Plan;
  readonly scripts: Scripts;
  readonly targets: ReadonlyMap<string, ReportedTarget>;
}

/** @throws SocratesError `file-invalid` for the first file that cannot run as it is */
export function readScripts(plan: Plan, direction: Direction): Scripts {
  return new Map(planFiles(plan).map((file) => [file, scriptOf(file, direction)]));
}

/** The script of a file that is part of the plan. */
export function scriptFor(scripts: Scripts, file: MigrationFile): Script {
  const script = scripts.get(file);
  if (script === undefined) throw new Error(`${file.id} is not part of the plan`);
  return script;
}
