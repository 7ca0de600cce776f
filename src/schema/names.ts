/** Names in the one form that the catalog reader gives them, whatever the server's own quoting of keywords is. */

/** A name as in `pg_dump`, but keywords stay as they are: which words are keywords differs between majors. */
export function plainName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** `schema.table.part`, unambiguous: a part with a dot is quoted. */
export function dotted(...parts: readonly string[]): string {
  return parts.map(plainName).join(".");
}

/** The parts of an identity such as `public.users."e-mail"`, without their quotes. */
export function partsOfName(name: string): string[] {
  return [...name.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

/** The last part of an identity as SQL writes it, with its quotes. */
export function ownName(name: string): string {
  return [...name.matchAll(/"(?:[^"]|"")*"|[^."]+/g)].at(-1)?.[0] ?? name;
}

/** The identity of what an object is a part of: `public.users` of `public.users."e.mail"`. */
export function parentOf(name: string): string {
  return name.slice(0, -ownName(name).length - 1);
}

/** The name by which SQL knows an index: that of its schema and its own, `public.by_mail` of `public.users.by_mail`. */
export function relationName(name: string): string {
  return `${parentOf(parentOf(name))}.${ownName(name)}`;
}

/** The name of a table as people say it: without quotes, with its schema only where that is not `public`. */
export function displayName(identity: string): string {
  const [schema = "", name = ""] = partsOfName(identity);
  return schema === "public" ? name : `${schema}.${name}`;
}

/** An identity with its schema only where that is not `public`. */
export function shortName(name: string): string {
  return name.replace(/^public\./, "");
}
