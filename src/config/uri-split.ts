/** A URI after its scheme, split at the possible end of the user name and password. Nothing is decoded yet. */
export interface Reading {
  /** Undefined when no `@` ends it. */
  readonly userInfo: string | undefined;
  readonly authority: string;
  readonly database: string | undefined;
  readonly query: string | undefined;
}

/** Why a text cannot be split: an `@` may belong to the password or to the database name. */
export type Split = { readonly reading: Reading } | { readonly ambiguous: true };

/**
 * Splits `user:password@host:port/database?query`. libpq ends the user information at the first `@`, unless a `/`
 * comes first; then there is none. That reading wins whenever libpq could connect with it. If it could not, because a
 * password contains a raw `@`, `/` or `?`, the first later `@` with a well-formed rest ends the password. A database
 * name with a raw `@` could be the end of such a password, so it is refused as ambiguous if there may be a password:
 * a wrong guess would show parts of the password as host and database in messages.
 */
export function splitUri(rest: string): Split {
  const first = rest.indexOf("@");
  const slash = rest.indexOf("/");
  const noUser = first === -1 || (slash !== -1 && slash < first);
  const standard = cut(rest, noUser ? -1 : first);
  if (isWellFormed(standard) && !standard.database?.includes("@")) return { reading: standard };

  const later = laterEnd(rest, noUser ? 0 : first + 1);
  if (later !== undefined) return { reading: cut(rest, later) };
  const mayHidePassword =
    standard.database?.includes("@") && rest.slice(0, rest.lastIndexOf("@")).includes(":");
  return mayHidePassword ? { ambiguous: true } : { reading: standard };
}

/** A host or port as libpq accepts them: the port a number, the host without characters that only a password has. */
export function isHostAndPort(text: string): boolean {
  return /^(\[[^\]@]+\]|[^:[\]@\s]*)(:\d*)?$/.test(text);
}

function cut(rest: string, at: number): Reading {
  const tail = rest.slice(at + 1);
  const question = tail.indexOf("?");
  const path = question === -1 ? tail : tail.slice(0, question);
  const slash = path.indexOf("/");
  return {
    userInfo: at === -1 ? undefined : rest.slice(0, at),
    authority: slash === -1 ? path : path.slice(0, slash),
    database: slash === -1 ? undefined : path.slice(slash + 1),
    query: question === -1 ? undefined : tail.slice(question + 1),
  };
}

/** Hosts, and names with values after the `?`. */
function isWellFormed({ authority, query }: Reading): boolean {
  return areHosts(authority) && (!query || query.split("&").every((pair) => /^[A-Za-z_]+=/.test(pair)));
}

function areHosts(authority: string): boolean {
  return authority.split(",").every(isHostAndPort);
}

/**
 * The first `@`, from a position on, with a well-formed rest. Neither host nor database contains one, so only the
 * last before each `?` qualifies.
 */
function laterEnd(rest: string, from: number): number | undefined {
  const hasQuery = queriesOf(rest);
  const colon = rest.indexOf(":");
  const rawDelimiter = rest.search(/[/?]/);
  let start = 0;
  for (const part of rest.split("?")) {
    const at = start + part.lastIndexOf("@");
    const question = start + part.length;
    if (at >= Math.max(start, from)) {
      const [authority = "", ...database] = rest.slice(at + 1, question).split("/");
      // A password with a raw / or ? is only assumed in front of host/database, and never without a user name.
      const isPlausible =
        rawDelimiter > at || (colon > 0 && colon < rawDelimiter && database.join("/") !== "");
      if ((rawDelimiter === -1 || isPlausible) && areHosts(authority) && hasQuery(question)) return at;
    }
    start = question + 1;
  }
  return undefined;
}

/**
 * Whether names with values, or nothing, follow each `?` of a text; decided for all of them without rescanning the
 * rest.
 */
function queriesOf(rest: string): (question: number) => boolean {
  const lastBad = [...rest.matchAll(/&(?![A-Za-z_]+=)/g)].at(-1)?.index ?? -1;
  const name = /[A-Za-z_]+=/y;
  return (question) => {
    name.lastIndex = question + 1;
    return question + 1 >= rest.length || (lastBad < question && name.test(rest));
  };
}
