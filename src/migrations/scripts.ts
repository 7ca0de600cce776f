import { SocratesError } from "../errors.ts";
import { displayPath, readSource, type SourceFile } from "../sql/source-file.ts";
import { startsStatement } from "../sql/tokens.ts";
import { readDirectives } from "./directives.ts";
import { type MigrationFile, readScript, type Script } from "./files.ts";
import { type Plan, planFiles } from "./plan.ts";

/** The rollback of a migration. */
export type DownFile =
  | { readonly kind: "missing" }
  | { readonly kind: "irreversible"; readonly reason: string }
  | { readonly kind: "empty"; readonly source: SourceFile }
  | { readonly kind: "script"; readonly source: SourceFile; readonly noTransaction: boolean };

/**
 * Reads the down file of a migration. Either file may be marked irreversible. @throws SocratesError `file-invalid`
 */
export function readDownFile({ downPath, irreversible }: MigrationFile): DownFile {
  if (irreversible !== undefined) return { kind: "irreversible", reason: irreversible };
  if (downPath === undefined) return { kind: "missing" };
  const source = readSource(downPath);
  const directives = readDirectives(source);
  if (directives.irreversible !== undefined) return { kind: "irreversible", reason: directives.irreversible };
  // An unclosed quote is reported when the file's statements are read.
  return startsStatement(source.text)
    ? { kind: "script", source, noTransaction: directives.noTransaction }
    : { kind: "empty", source };
}

/** One file of a migration. @throws SocratesError `file-invalid`, `irreversible` if it has no rollback */
export function scriptOf(file: MigrationFile, direction: Direction): Script {
  if (direction === "up") return readScript(file.source, file.noTransaction);
  const down = readDownFile(file);
  const place = displayPath(file.source.path);
  const write = `Write its SQL in ${file.id}.down.sql, or mark the migration there with "-- socrates-db: irreversible".`;
  switch (down.kind) {
    case "script":
      return readScript(down.source, down.noTransaction);
    case "missing":
      throw new SocratesError("file-invalid", `${place} has no down file`, { hint: write });
    case "empty":
      throw new SocratesError(
        "file-invalid",
        `${displayPath(down.source.path)} is empty: it holds no statement`,
        {
          hint: write,
        },
      );
    case "irreversible":
      throw new SocratesError(
        "irreversible",
        `${file.id} cannot be rolled back${down.reason === "" ? ": it is marked irreversible" : `: ${down.reason}`}`,
        {
          hint: "Stop above it with --to or --phase, or write a new migration that reverts it.",
        },
      );
  }
}

/** The warning about a migration that could not be rolled back and is not marked irreversible. */
export function downWarning(file: MigrationFile): string | undefined {
  const down = readDownFile(file);
  return down.kind === "empty"
    ? `${displayPath(down.source.path)} is empty, so ${file.id} cannot be rolled back: write its SQL, or mark it with "-- socrates-db: irreversible"`
    : undefined;
}

/** Whether migrations are applied or rolled back. */
export type Direction = "up" | "down";

/** The scripts of a plan: read and checked before anything runs. */
export type Scripts = ReadonlyMap<MigrationFile, Script>;

/**
 * Reads the scripts of a plan.
 * @param known scripts that were already read
 * @throws SocratesError `file-invalid` for the first file that cannot run
 */
export function readScripts(plan: Plan, direction: Direction, known: Scripts = new Map()): Scripts {
  return new Map(planFiles(plan).map((file) => [file, known.get(file) ?? scriptOf(file, direction)]));
}

/** The script of a file in the plan. */
export function scriptFor(scripts: Scripts, file: MigrationFile): Script {
  const script = scripts.get(file);
  if (script === undefined) throw new Error(`${file.id} is not part of the plan`);
  return script;
}
