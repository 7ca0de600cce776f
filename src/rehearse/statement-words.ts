import type { Statement } from "../sql/statements.ts";
import type { CatalogFacts } from "./catalog-facts.ts";

/** The first words of a statement, read from left to right. */
export class StatementWords {
  private at = 0;
  private readonly words: Statement["words"];
  private readonly names: Statement["names"];

  constructor({ words, names }: Statement) {
    this.words = words;
    this.names = names;
  }

  /** Whether the next words are these keywords; they are then passed. */
  takes(...expected: readonly string[]): boolean {
    // A quoted name is never a keyword.
    const found = expected.every(
      (word, i) => this.words[this.at + i] === word && this.names[this.at + i] !== word,
    );
    if (found) this.at += expected.length;
    return found;
  }

  /** The options in parentheses that come next, which are passed; none without parentheses. */
  options(): readonly string[] {
    if (!this.takes("(")) return [];
    const start = this.at;
    while (this.at < this.words.length && !this.takes(")")) this.at++;
    return this.words.slice(start, this.at);
  }

  /** The relation that is named next; undefined if it does not exist. */
  relation({ relations }: CatalogFacts): number | undefined {
    const first = this.names[this.at++] ?? "";
    const isQualified = this.words[this.at] === ".";
    if (isQualified) this.at += 2;
    const [schema, name] = isQualified ? [first, this.names[this.at - 1]] : ["public", first];
    for (const [oid, { path }] of relations) if (path[0] === schema && path[1] === name) return oid;
    return undefined;
  }
}
