/** The one place where text becomes SQL. */

/** A string literal that reads the same whatever `standard_conforming_strings` says (manual, section 4.1.2.2). */
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
  // One at the end of the text would be completed by the tag behind it.
  const taken = new Set(text.match(/\$sdb\d*(?=\$|$)/g));
  let tag = "$sdb";
  for (let i = 0; taken.has(tag); i++) tag = `$sdb${i}`;
  tag += "$";
  return `${tag}${text}${tag}`;
}
