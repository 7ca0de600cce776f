import type { NamedDatabase } from "../databases.ts";
import type { Location } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { documentError } from "./error.ts";
import { directiveIn } from "./html.ts";
import type { Block } from "./markdown.ts";

function databaseNamed(word: string, databases: readonly NamedDatabase[]): NamedDatabase | undefined {
  return databases.find(({ key, name }) => key === word || name === word);
}

/** The database of a directive `database shop`. @throws SocratesError `document-invalid` for another name */
export function databaseOfDirective(
  word: string,
  location: Location,
  databases: readonly NamedDatabase[],
): string {
  const found = databaseNamed(word, databases);
  if (found !== undefined) return found.name;
  const keys = databases.map(({ key }) => key);
  const near = nearest(word, keys);
  throw documentError(
    location,
    `"${word}" is not a database of this project`,
    near === undefined ? `Its databases are: ${keys.join(", ")}.` : `Did you mean "${near}"?`,
  );
}

/** The database that the name of a file or the nearest folder names: `docs/shop.md`, `docs/shop/users.md`. */
export function databaseOfNames(
  names: readonly string[],
  databases: readonly NamedDatabase[],
): string | undefined {
  const words = names.map((name, i) => (i === names.length - 1 ? (name.split(".")[0] ?? "") : name));
  return words.map((word) => databaseNamed(word, databases)?.name).findLast((found) => found !== undefined);
}

/** The error for a directive that does not exist. */
export function unknownDirective(text: string, location: Location): Error {
  return documentError(
    location,
    `unknown directive "${text}"`,
    "A document has the directives: database KEY, and in SQL files also phase N.",
  );
}

/**
 * The database to which a Markdown file belongs as a whole: by a comment `<!-- socrates-db: database shop -->`, or else
 * by its name or folder.
 * @param named the database of its name or folder
 * @throws SocratesError `document-invalid` for an unknown database
 */
export function databaseOfFile(
  blocks: readonly Block[],
  named: string | undefined,
  databases: readonly NamedDatabase[],
): string | undefined {
  for (const { kind, text, location } of blocks) {
    const directive = kind === "html" ? directiveIn(text) : undefined;
    if (directive === undefined) continue;
    const word = /^database\s+(\S+)$/.exec(directive)?.[1];
    if (word === undefined) throw unknownDirective(directive, location);
    return databaseOfDirective(word, location, databases);
  }
  return named;
}
