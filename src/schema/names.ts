/** Names in the catalog reader's canonical form, whatever keywords the server quotes. */

/** A name as in `pg_dump`, but with keywords unquoted: which words are keywords differs between majors. */
export function plainName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** `schema.table.part`, unambiguous: a part with a dot is quoted. */
export function dotted(...parts: readonly string[]): string {
  return parts.map(plainName).join(".");
}

/** The parts of a name such as `public.users."e-mail"`, without their quotes. */
export function partsOfName(name: string): string[] {
  return [...name.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

/** The last part of a name as SQL writes it, with its quotes. */
export function ownName(name: string): string {
  return [...name.matchAll(/"(?:[^"]|"")*"|[^."]+/g)].at(-1)?.[0] ?? name;
}

/** The name of the container: `public.users` of `public.users."e.mail"`. */
export function parentOf(name: string): string {
  return name.slice(0, -ownName(name).length - 1);
}

/** The SQL name of an index, with its schema: `public.by_mail` of `public.users.by_mail`. */
export function relationName(name: string): string {
  return `${parentOf(parentOf(name))}.${ownName(name)}`;
}

/** The name of a table for people: without quotes, and without the schema `public`. */
export function displayName(identity: string): string {
  const [schema = "", name = ""] = partsOfName(identity);
  return schema === "public" ? name : `${schema}.${name}`;
}

/** A name without the schema `public`. */
export function shortName(name: string): string {
  return name.replace(/^public\./, "");
}
