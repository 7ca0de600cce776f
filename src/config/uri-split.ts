/** A URI after its scheme, cut at one place that may end the user name and password. Nothing is decoded yet. */
export interface Reading {
  /** Undefined when no `@` ends it. */
  readonly userInfo: string | undefined;
  readonly authority: string;
  readonly database: string | undefined;
  readonly query: string | undefined;
}

/** Why a text cannot be cut: an `@` may belong to the password or to the database name. */
export type Split = { readonly reading: Reading } | { readonly ambiguous: true };

/**
 * Cuts `user:password@host:port/database?query` into its parts.
 *
 * libpq ends the user information at the first `@`, unless a `/` comes first; then there is none. That reading wins
 * wherever libpq could connect with it. Where it could not, because a password holds a raw `@`, `/` or `?`, the
 * first later `@` that leaves a well-formed rest ends the password instead. A database name with a raw `@` could be
 * the end of such a password, so it is refused as ambiguous when a password may be involved: guessing would show
 * pieces of the password as host and database in messages.
 */
export function splitUri(rest: string): Split {
  const first = rest.indexOf("@");
  const slash = rest.indexOf("/");
  const noUser = first === -1 || (slash !== -1 && slash < first);
  const standard = cut(rest, noUser ? -1 : first);
  if (isWellFormed(standard) && !standard.database?.includes("@")) return { reading: standard };

  let at = noUser ? first : rest.indexOf("@", first + 1);
  for (; at !== -1; at = rest.indexOf("@", at + 1)) {
    const later = cut(rest, at);
    if (isWellFormed(later) && !later.database?.includes("@") && isPlausible(later))
      return { reading: later };
  }
  const mayHidePassword =
    standard.database?.includes("@") && rest.slice(0, rest.lastIndexOf("@")).includes(":");
  return mayHidePassword ? { ambiguous: true } : { reading: standard };
}

/** A host or port as libpq would take them: the port a number, the host without characters that only a password has. */
export function isHostAndPort(text: string): boolean {
  return /^(\[[^\]]+\]|[^:[\]@\s]*)(:\d*)?$/.test(text);
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

function isWellFormed(reading: Reading): boolean {
  if (!reading.authority.split(",").every(isHostAndPort)) return false;
  return !reading.query || reading.query.split("&").every((pair) => /^[A-Za-z_]+=/.test(pair));
}

/** A password with a raw `/` or `?` is only believed in front of `host/database`, and never without a user name. */
function isPlausible(reading: Reading): boolean {
  const userInfo = reading.userInfo ?? "";
  const colon = userInfo.indexOf(":");
  const rawDelimiter = userInfo.search(/[/?]/);
  if (rawDelimiter === -1) return true;
  return colon > 0 && colon < rawDelimiter && Boolean(reading.database);
}
