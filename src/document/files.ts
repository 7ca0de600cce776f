import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { NamedDatabase } from "../databases.ts";
import type { DocumentPlaces } from "../document-places.ts";
import { SocratesError } from "../errors.ts";
import { matchesGlob } from "../glob.ts";
import { displayPath } from "../sql/source-file.ts";
import { databaseOfNames } from "./of-file.ts";
import { documentText } from "./text.ts";

/** The text of a file of a document. */
export interface DocumentText {
  /** Absolute. */
  readonly path: string;
  /** For messages. */
  readonly name: string;
  /** Without a byte order mark. */
  readonly text: string;
  /** Whether it is SQL and not Markdown. */
  readonly isSql: boolean;
  /** Name of the database that its name or a folder names. */
  readonly database: string | undefined;
}

/** Whether a file of a document is SQL, by its name. */
export function isSqlFile(name: string): boolean {
  return /\.sql$/i.test(name);
}

function isGlob(segment: string): boolean {
  return /[*?]/.test(segment);
}

/** The entries of a folder that a glob may match: hidden ones and installed packages never count. */
function entriesOf(folder: string): { readonly name: string; readonly isFolder: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .map((entry) => ({
        name: entry.name,
        isFolder: entry.isDirectory() || (entry.isSymbolicLink() && isFolder(path.join(folder, entry.name))),
      }))
      .filter(({ name }) => !name.startsWith(".") && name !== "node_modules");
  } catch {
    return [];
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Files below a folder that match the segments of a glob; `**` is any number of folders. */
function matches(folder: string, [segment, ...rest]: readonly string[]): string[] {
  if (segment === undefined) return [];
  if (segment === "**") {
    const deeper = entriesOf(folder)
      .filter((entry) => entry.isFolder)
      .flatMap(({ name }) => matches(path.join(folder, name), [segment, ...rest]));
    return [...matches(folder, rest), ...deeper];
  }
  if (!isGlob(segment)) {
    const next = path.join(folder, segment);
    if (rest.length > 0) return matches(next, rest);
    return statSync(next, { throwIfNoEntry: false })?.isFile() === true ? [next] : [];
  }
  return entriesOf(folder)
    .filter(
      ({ name, isFolder: isDirectory }) => isDirectory === rest.length > 0 && matchesGlob(name, segment),
    )
    .flatMap(({ name }) => {
      const next = path.join(folder, name);
      return rest.length > 0 ? matches(next, rest) : [next];
    });
}

/** The files of one pattern, sorted by their paths. @throws SocratesError `document-invalid` if there are none */
function filesOf(pattern: string, base: string): string[] {
  const absolute = path.resolve(base, pattern);
  const { root } = path.parse(absolute);
  const segments = absolute.slice(root.length).split(path.sep);
  // A file whose name has such characters is that file.
  if (!segments.some(isGlob) || statSync(absolute, { throwIfNoEntry: false }) !== undefined)
    return [absolute];
  const found = matches(root, segments);
  if (found.length === 0)
    throw new SocratesError("document-invalid", `no file matches the document ${displayPath(absolute)}`, {
      hint: "Correct document in the config file, or --document: * is any part of a name, ** any folders.",
    });
  return found.sort();
}

/**
 * The files of a document: those of each pattern in turn, sorted within a glob; a file that several match counts once.
 * @param databases of the project
 * @throws SocratesError `document-invalid` for a glob without files, and for a file that is missing or too large
 */
export function documentTexts(
  { base, patterns }: DocumentPlaces,
  databases: readonly NamedDatabase[],
): DocumentText[] {
  const files = new Set(patterns.flatMap((pattern) => filesOf(pattern, base)));
  return [...files].map((file) => {
    const relative = path.relative(base, file);
    const names = path.isAbsolute(relative) ? [path.basename(file)] : relative.split(path.sep);
    return {
      path: file,
      ...documentText(file),
      isSql: isSqlFile(file),
      database: databaseOfNames(names, databases),
    };
  });
}
