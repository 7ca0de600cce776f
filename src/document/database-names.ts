import type { NamedDatabase } from "../databases.ts";
import { identifierPattern, plainHeading } from "./headings.ts";

/** How a document names the databases of a project. */
export interface DatabaseNames {
  /** The database of what is below no database heading: that of the file, or else the only one of the project. */
  readonly byDefault: string | undefined;
  /** A name for a hint. */
  readonly example: string;
  /** The name of the database in a heading: `shop Database`, `Database 1: shop`, with or without a number. */
  inHeading(heading: string | undefined): string | undefined;
  /** The name of the database that a word means: its name or key in either case, or else the word itself. */
  resolve(word: string): string;
}

/**
 * @param databases of the project
 * @param ofFile name of the database to which a file belongs as a whole
 */
export function databaseNames(databases: readonly NamedDatabase[], ofFile?: string): DatabaseNames {
  const [first, second] = databases;
  // Longer names first, so that no name matches the start of another.
  const words = databases.flatMap(({ key, name }) => [key, name]).sort((a, b) => b.length - a.length);
  const pattern = [...words.map(escaped), identifierPattern].join("|");
  const forms = [
    new RegExp(`^(${pattern})\\s*\\(?database\\)?$`, "iu"),
    new RegExp(`^database(?:\\s*\\d+)?\\s*:\\s*(${pattern})$`, "iu"),
  ];
  const resolve = (word: string) => {
    const isSame = (name: string) => name.toLowerCase() === word.toLowerCase();
    const found =
      databases.find(({ name }) => name === word) ??
      databases.find(({ name }) => isSame(name)) ??
      databases.find(({ key }) => isSame(key));
    return found?.name ?? word;
  };
  return {
    byDefault: ofFile ?? (second === undefined ? first?.name : undefined),
    example: first?.name ?? "",
    inHeading: (heading) => {
      const text = plainHeading(heading);
      const word = forms.map((form) => form.exec(text)?.[1]).find((found) => found !== undefined);
      return word === undefined ? undefined : resolve(word.replace(/^["`]|["`]$/g, ""));
    },
    resolve,
  };
}

/** A text as a regular expression that matches it, under the flag `u`. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
