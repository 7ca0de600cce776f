import { sslModes } from "../database/target.ts";
import { malformed } from "./malformed.ts";
import { driverParameters } from "./parameters.ts";
import { checkName } from "./settings.ts";
import { isHostAndPort, type Reading, splitUri } from "./uri-split.ts";

const scheme = /^((?:jdbc:)?[a-z][a-z0-9.-]*)(\+[a-z0-9_]+)?:\/\//i;

/** Whether a text begins like a URI of any scheme. */
export function isUri(text: string): boolean {
  return scheme.test(text);
}

/**
 * Parses a connection URI of libpq (PostgreSQL manual, section 32.1.1.2) into its parameters. Lists of hosts and
 * ports keep libpq's form, separated by commas. Beyond libpq it accepts what applications use:
 * - `postgresql+driver://`, SQLAlchemy's form, with the parameters of asyncpg; the driver is ignored;
 * - passwords with raw `@`, `/`, `?` and `%` (see `splitUri`): a `%` that does not begin an escape is literal;
 * - `=` in the value of a query parameter, as in `options=-c search_path=app`;
 * - `ssl=true`, JDBC's form, and asyncpg's `ssl=MODE` for `sslmode`.
 * Parameters of the query override the parts in front of it, as in libpq.
 * @throws SocratesError `connection-string`, with the position of the error but never the text.
 */
export function parseUri(text: string, source: string): Map<string, string> {
  const match = scheme.exec(text);
  const name = match?.[1]?.toLowerCase();
  if (match === null || (name !== "postgresql" && name !== "postgres")) {
    throw malformed(
      source,
      `the scheme is "${name ?? ""}", not "postgresql"`,
      "Begin the URI with postgresql:// or postgres://.",
    );
  }
  const split = splitUri(text.slice(match[0].length));
  if ("ambiguous" in split) {
    throw malformed(
      source,
      'the "@" after the host may end the password or belong to the database name',
      "Write @ as %40 and / as %2F in a password or a database name.",
    );
  }
  const values = new Map<string, string>();
  readAuthority(split.reading, source, values);
  const driver = match[2] !== undefined;
  const queryStart = text.length - (split.reading.query?.length ?? 0);
  readQuery(split.reading.query ?? "", queryStart, { source, driver }, values);
  return values;
}

/** An empty part stays unset, so that the environment can provide it. */
function readAuthority(reading: Reading, source: string, values: Map<string, string>): void {
  const userInfo = reading.userInfo ?? "";
  const colon = userInfo.indexOf(":");
  const user = colon === -1 ? userInfo : userInfo.slice(0, colon);
  const password = colon === -1 ? "" : userInfo.slice(colon + 1);
  if (user) values.set("user", decode(user, "user name", source));
  if (password) values.set("password", decode(password, "password", source));

  const hosts: string[] = [];
  const ports: string[] = [];
  for (const [index, part] of reading.authority.split(",").entries()) {
    if (!isHostAndPort(part)) {
      throw malformed(
        source,
        `host ${index + 1} is not a valid host or host:port`,
        "Write host:port, an IPv6 address in brackets, and @ : / in a password as %40 %3A %2F.",
      );
    }
    const bracket = part.indexOf("]");
    const portColon = part.indexOf(":", bracket + 1);
    const host = portColon === -1 ? part : part.slice(0, portColon);
    hosts.push(bracket === -1 ? host : host.slice(1, -1));
    ports.push(portColon === -1 ? "" : part.slice(portColon + 1));
  }
  if (hosts.some((host) => host !== "") || hosts.length > 1) {
    values.set("host", decode(hosts.join(","), "host", source));
  }
  // As in libpq, a list of hosts without ports means 5432 for each, whatever PGPORT says.
  if (ports.some((port) => port !== "") || ports.length > 1) values.set("port", ports.join(","));
  if (reading.database) values.set("dbname", decode(reading.database, "database name", source));
}

function readQuery(
  query: string,
  start: number,
  { source, driver }: { source: string; driver: boolean },
  values: Map<string, string>,
): void {
  let position = start + 1;
  for (const pair of query === "" ? [] : query.split("&")) {
    const equals = pair.indexOf("=");
    if (equals === -1) {
      throw malformed(source, `"=" is missing in the parameter at character ${position}`);
    }
    const name = decode(pair.slice(0, equals), "name of a parameter", source);
    const value = decode(pair.slice(equals + 1), "value of a parameter", source);
    if (name === "ssl") {
      values.set("sslmode", sslModeOf(value, source));
    } else if (!(driver && driverParameters.includes(name))) {
      checkName(name, position, source);
      values.set(name, value);
    }
    position += pair.length + 1;
  }
}

function sslModeOf(value: string, source: string): string {
  if (value === "true") return "require";
  const mode = sslModes.find((candidate) => candidate === value);
  if (mode === undefined) {
    throw malformed(
      source,
      'the value of parameter "ssl" is not known',
      `Use sslmode=${sslModes.join("|")}.`,
    );
  }
  return mode;
}

function decode(text: string, part: string, source: string): string {
  const strayPercent = /%(?![0-9a-f]{2})/gi;
  if (part !== "password" && strayPercent.test(text)) {
    throw malformed(source, `the ${part} has a "%" that does not begin an escape`, "Write % as %25.");
  }
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replace(strayPercent, "%25"));
  } catch {
    throw malformed(source, `the escapes in the ${part} are not UTF-8`, "Percent-encode the bytes of UTF-8.");
  }
  if (decoded.includes("\0")) {
    throw malformed(source, `the ${part} contains a NUL character`, "Remove %00.");
  }
  return decoded;
}
