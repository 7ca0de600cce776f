import { SocratesError } from "../errors.ts";
import type { Note, Reading, Repository, Tool, ToolName } from "./model.ts";
import { tools } from "./tools/index.ts";

/** A folder of migrations and the tool that it belongs to. */
interface Candidate {
  readonly tool: Tool;
  readonly folder: string;
}

/** The tool of a repository, several folders to choose from, or none. */
export type Choice =
  | { readonly kind: "one"; readonly tool: Tool; readonly folder: string; readonly reading: Reading }
  | { readonly kind: "several"; readonly refused: readonly Note[] }
  | { readonly kind: "none" };

/** What the user has chosen. */
export interface Wanted {
  readonly tool?: ToolName | undefined;
  /** Relative to the repository, with slashes. */
  readonly folder?: string | undefined;
}

/** The folders of a tool, without those that are below another one. */
function foldersOf(tool: Tool, repository: Repository): string[] {
  const found = tool.find(repository);
  const isBelow = (folder: string, other: string) => other === "." || folder.startsWith(`${other}/`);
  return found.filter((folder) => !found.some((other) => other !== folder && isBelow(folder, other)));
}

function missing({ tool, folder }: Wanted, found: readonly Candidate[]): SocratesError {
  const wanted = `${tool === undefined ? "" : ` of ${tool}`}${folder === undefined ? "" : ` in ${folder}`}`;
  return new SocratesError("usage", `no migrations${wanted} were found`, {
    hint:
      found.length === 0
        ? "Leave out --tool and --folder to start without migrations."
        : `Found: ${found.map((each) => `${each.tool.name} in ${each.folder}`).join(", ")}.`,
  });
}

function countOf(repository: Repository, { tool, folder }: Candidate): string {
  const { migrations, refused } = tool.read(repository, folder);
  const count = migrations.length;
  if (count === 0 && refused.length > 0) return "no migrations in SQL";
  return `${count} ${count === 1 ? "migration" : "migrations"}`;
}

/**
 * Finds the tool whose migrations a repository has.
 * @throws SocratesError `usage` if what the user wants was not found
 */
export function chooseTool(repository: Repository, wanted: Wanted): Choice {
  const found = tools.flatMap((tool) => foldersOf(tool, repository).map((folder) => ({ tool, folder })));
  const matching = found.filter(
    ({ tool, folder }) =>
      (wanted.tool === undefined || tool.name === wanted.tool) &&
      (wanted.folder === undefined || folder === wanted.folder),
  );
  const [one, ...others] = matching;
  if (one === undefined) {
    if (wanted.tool === undefined && wanted.folder === undefined) return { kind: "none" };
    throw missing(wanted, found);
  }
  if (others.length === 0) return { kind: "one", ...one, reading: one.tool.read(repository, one.folder) };
  return {
    kind: "several",
    refused: matching.map((candidate) => ({
      from: candidate.folder,
      reason: `one of ${matching.length} folders of migrations (${candidate.tool.title}, ${countOf(repository, candidate)}): choose with --tool ${candidate.tool.name} or --folder ${candidate.folder}`,
    })),
  };
}
