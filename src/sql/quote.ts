/** The one module that turns text into SQL. */

/** A string literal with the same value for any `standard_conforming_strings` (manual, section 4.1.2.2). */
export function literal(text: string | null): string {
  if (text === null) return "NULL";
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/** An identifier, always quoted. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A dollar-quoted string whose tag does not occur in the text (manual, section 4.1.2.4). */
export function dollarQuoted(text: string): string {
  // A partial tag at the end of the text would be completed by the tag after it.
  const taken = new Set(text.match(/\$sdb\d*(?=\$|$)/g));
  let tag = "$sdb";
  for (let i = 0; taken.has(tag); i++) tag = `$sdb${i}`;
  tag += "$";
  return `${tag}${text}${tag}`;
}
