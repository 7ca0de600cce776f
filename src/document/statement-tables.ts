/** The tables that statements concern, by their first words: `words` and `names` are those of `splitStatements`. */

const tableModifiers: ReadonlySet<string> = new Set(["UNLOGGED", "FOREIGN", "GLOBAL", "LOCAL"]);

/** A cursor over the first words of a statement. */
class Words {
  private at = 0;
  private readonly words: readonly string[];
  private readonly names: readonly string[];
  constructor(words: readonly string[], names: readonly string[]) {
    this.words = words;
    this.names = names;
  }

  /** Skips keywords, if they are next; a quoted name is never a keyword. */
  skip(...keywords: readonly string[]): boolean {
    const isNext = keywords.every((word, i) => {
      const found = this.words[this.at + i];
      return found === word && this.names[this.at + i] === word.toLowerCase();
    });
    if (isNext) this.at += keywords.length;
    return isNext;
  }

  skipAny(keywords: ReadonlySet<string>): void {
    while (keywords.has(this.words[this.at] ?? "")) this.at++;
  }

  /** Skips everything up to a keyword, and it. */
  skipTo(keyword: string): boolean {
    const found = this.words.indexOf(keyword, this.at);
    if (found >= 0) this.at = found + 1;
    return found >= 0;
  }

  /** The parts of the name that is next. */
  name(): readonly string[] {
    const parts = [this.names[this.at] ?? ""];
    while (this.words[this.at + 1] === ".") {
      this.at += 2;
      parts.push(this.names[this.at] ?? "");
    }
    return parts;
  }
}

/** The parts of the name that a CREATE TABLE creates, as PostgreSQL folds them; undefined for other statements. */
export function createdTable(
  words: readonly string[],
  names: readonly string[],
): readonly string[] | undefined {
  const cursor = new Words(words, names);
  if (!cursor.skip("CREATE")) return undefined;
  cursor.skipAny(tableModifiers);
  if (!cursor.skip("TABLE")) return undefined;
  cursor.skip("IF", "NOT", "EXISTS");
  return cursor.name();
}

/** The table of COMMENT ON. */
function commentedTable(cursor: Words): readonly string[] | undefined {
  if (cursor.skip("TABLE")) return cursor.name();
  if (cursor.skip("COLUMN")) return cursor.name().slice(0, -1);
  const isPart = ["CONSTRAINT", "TRIGGER", "POLICY", "RULE"].some((kind) => cursor.skip(kind));
  return isPart && cursor.skipTo("ON") ? cursor.name() : undefined;
}

/**
 * The parts of the name of the table that a statement alters, or to which it adds an index, a trigger, a policy or a
 * comment; undefined for other statements.
 */
export function alteredTable(
  words: readonly string[],
  names: readonly string[],
): readonly string[] | undefined {
  const cursor = new Words(words, names);
  if (cursor.skip("ALTER")) {
    cursor.skip("FOREIGN");
    if (!cursor.skip("TABLE")) return undefined;
    cursor.skip("IF", "EXISTS");
    cursor.skip("ONLY");
    return cursor.name();
  }
  if (cursor.skip("COMMENT", "ON")) return commentedTable(cursor);
  if (!cursor.skip("CREATE")) return undefined;
  cursor.skip("OR", "REPLACE");
  cursor.skip("UNIQUE");
  cursor.skip("CONSTRAINT");
  const isPart = ["INDEX", "TRIGGER", "POLICY"].some((kind) => cursor.skip(kind));
  if (!isPart || !cursor.skipTo("ON")) return undefined;
  cursor.skip("ONLY");
  return cursor.name();
}
