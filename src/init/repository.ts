import { type Dirent, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { SocratesError } from "../errors.ts";
import { displayPath, firstFlaw, maximumFileSize } from "../sql/source-file.ts";
import type { FileText, Note, Repository } from "./model.ts";

/** Folders that package managers and builds fill: their migrations belong to other programs. */
const foreignFolders = new Set([
  "node_modules",
  "vendor",
  "site-packages",
  "venv",
  "target",
  "build",
  "dist",
  "out",
  "__pycache__",
]);

/** Files without content. */
const placeholders = new Set([".gitkeep", ".keep", ".DS_Store"]);

/** Lists the files below a folder; hidden folders and those in `foreignFolders` are not searched. */
export function openRepository(root: string): Repository {
  const files: string[] = [];
  const folders: string[] = [];
  const unsearched: Note[] = [];
  const walk = (folder: string) => {
    for (const entry of entriesOf(path.join(root, folder))) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) {
        if (!placeholders.has(entry.name)) files.push(name);
      } else if (entry.isSymbolicLink())
        unsearched.push({ from: name, reason: "is a symbolic link, which is not followed" });
      else if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
      else if (foreignFolders.has(entry.name))
        unsearched.push({ from: name, reason: "is not searched: it belongs to other programs" });
      else {
        folders.push(name);
        walk(name);
      }
    }
  };
  walk("");
  const known = new Map<string, FileText>();
  return {
    root,
    files: files.sort(),
    unsearched: unsearched.sort((a, b) => (a.from < b.from ? -1 : 1)),
    foldersIn: (folder) =>
      folders
        .filter((name) => path.posix.dirname(name) === folder)
        .map((name) => path.posix.basename(name))
        .sort(),
    text: (file) => {
      const found = known.get(file) ?? readText(path.join(root, file));
      known.set(file, found);
      return found;
    },
  };
}

/** @throws SocratesError `folder-missing` for a folder that cannot be read */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw new SocratesError("folder-missing", `the folder ${displayPath(folder)} cannot be read`, {
      hint: "Check its permissions: migrations could be there.",
      cause,
    });
  }
}

function bytesOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function readText(file: string): FileText {
  const bytes = bytesOf(file);
  if (bytes === undefined) return { flaw: "cannot be read" };
  if (bytes.length > maximumFileSize)
    return { flaw: `has ${bytes.length} bytes, more than the ${maximumFileSize} that a migration may have` };
  const flaw = firstFlaw(bytes);
  if (flaw === undefined) return { text: bytes.toString("utf8").replace(/^\ufeff/, "") };
  const line = bytes.subarray(0, flaw.at).filter((byte) => byte === 0x0a).length + 1;
  return { flaw: flaw.at === undefined ? flaw.what : `line ${line}: ${flaw.what}` };
}

/** The text of a settings file; empty if it is missing or is not text. */
export function optionalText(repository: Repository, file: string): string {
  if (!repository.files.includes(file)) return "";
  const content = repository.text(file);
  return "text" in content ? content.text : "";
}

/** The files below a folder, relative to it. */
export function filesBelow({ files }: Repository, folder: string): string[] {
  const prefix = folder === "." ? "" : `${folder}/`;
  return files.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
}

/** The folders of the files that match, sorted, without duplicates. */
export function foldersOf({ files }: Repository, matches: (file: string, name: string) => boolean): string[] {
  const found = files.filter((file) => matches(file, path.posix.basename(file)));
  return [...new Set(found.map((file) => path.posix.dirname(file)))].sort();
}

/** The folders of the SQL files with a line that matches, and with a name that matches. */
export function foldersWithLine(repository: Repository, line: RegExp, fileName = /\.sql$/): string[] {
  return foldersOf(repository, (file, name) => {
    if (!fileName.test(name)) return false;
    const content = repository.text(file);
    return "text" in content && line.test(content.text);
  });
}
