/** A name with its quotes and schemas. */
const name = String.raw`(?:"(?:[^"]|"")+"|\w+)`;

/**
 * A type as PostgreSQL prints it after `::`, with precision and array brackets (manual, section 8, and ruleutils.c).
 */
const type = [
  "character varying",
  "bit varying",
  "double precision",
  String.raw`time(?:stamp)?(?:\(\d\))? with(?:out)? time zone`,
  "interval(?: (?:year|month|day|hour|minute|second))?(?: to (?:month|hour|minute|second))?",
  String.raw`${name}(?:\.${name})*`,
].join("|");

/** Strings and quoted names come first, so that nothing inside them looks like a cast. */
const castOrQuoted = new RegExp(
  String.raw`'(?:[^']|'')*'|"(?:[^"]|"")*"|::(?:${type})(?:\(\d+(?:,-?\d+)?\))?(?:\[\])*`,
  "g",
);

/**
 * `= ANY (ARRAY[…])` and `<> ALL (ARRAY[…])`, the deparsed form of lists. A string ends at the first quote that is
 * not doubled, so that there is only one match; a list of lists has no other form.
 */
const list = /(= ANY|<> ALL) (\(+)ARRAY\[((?:'(?:[^']|'')*'(?!')|[^[\]'])*)\](\)+)/g;

/** A deparsed expression without casts and with IN for lists: read again, it gets the casts that its columns need. */
export function withoutCasts(text: string): string {
  return text
    .replace(castOrQuoted, (match) => (match.startsWith("::") ? "" : match))
    .replace(list, (match, operator: string, open: string, values: string, close: string) => {
      if (close.length < open.length) return match;
      const word = operator === "= ANY" ? "IN" : "NOT IN";
      return `${word} (${values})${close.slice(open.length)}`;
    });
}
