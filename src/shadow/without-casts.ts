/** A name with its quotes and schemas. */
const name = String.raw`(?:"(?:[^"]|"")+"|\w+)`;

/** A type as PostgreSQL prints it behind `::`, with precision and array brackets (manual, section 8, and ruleutils.c). */
const type = [
  "character varying",
  "bit varying",
  "double precision",
  String.raw`time(?:stamp)?(?:\(\d\))? with(?:out)? time zone`,
  "interval(?: (?:year|month|day|hour|minute|second))?(?: to (?:month|hour|minute|second))?",
  String.raw`${name}(?:\.${name})*`,
].join("|");

/** Strings and quoted names come first, so that nothing inside them is taken for a cast. */
const castOrQuoted = new RegExp(
  String.raw`'(?:[^']|'')*'|"(?:[^"]|"")*"|::(?:${type})(?:\(\d+(?:,-?\d+)?\))?(?:\[\])*`,
  "g",
);

/**
 * `= ANY (ARRAY[…])` and `<> ALL (ARRAY[…])`, as which lists are printed. A string in it ends at no doubled quote, so that
 * there is one way to read it; a list of lists has no other form.
 */
const list = /(= ANY|<> ALL) (\(+)ARRAY\[((?:'(?:[^']|'')*'(?!')|[^[\]'])*)\](\)+)/g;

/**
 * A printed expression as a person writes it, without casts and with IN for lists: read again, it gets the casts that its
 * columns call for.
 */
export function withoutCasts(text: string): string {
  return text
    .replace(castOrQuoted, (match) => (match.startsWith("::") ? "" : match))
    .replace(list, (match, operator: string, open: string, values: string, close: string) => {
      if (close.length < open.length) return match;
      const word = operator === "= ANY" ? "IN" : "NOT IN";
      return `${word} (${values})${close.slice(open.length)}`;
    });
}
