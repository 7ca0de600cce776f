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
  let tag = "$sdb$";
  for (let i = 0; text.includes(tag); i++) tag = `$sdb${i}$`;
  return `${tag}${text}${tag}`;
}
