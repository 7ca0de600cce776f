import { describe, expect, test } from "vitest";
import { parseUri } from "../../src/config/uri.ts";
import { SocratesError } from "../../src/errors.ts";

const parse = (text: string) => Object.fromEntries(parseUri(text, "SOURCE"));

function failure(text: string): SocratesError {
  try {
    parseUri(text, "SOURCE");
  } catch (error) {
    if (error instanceof SocratesError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

/** The results of libpq 15's `PQconninfoParse` for the same texts. */
const asLibpq: [string, Record<string, string>][] = [
  ["postgresql://", {}],
  ["postgres://host", { host: "host" }],
  ["postgresql://u@host", { user: "u", host: "host" }],
  ["postgresql://u:p@host:5432/db", { user: "u", password: "p", host: "host", port: "5432", dbname: "db" }],
  ["postgresql://u:p:q@h/d", { user: "u", password: "p:q", host: "h", dbname: "d" }],
  ["postgresql://u:p#w@h/d", { user: "u", password: "p#w", host: "h", dbname: "d" }],
  ["postgresql://u:p?w@h/d", { user: "u", password: "p?w", host: "h", dbname: "d" }],
  ["postgresql://u:p%2Fw%40@h/d", { user: "u", password: "p/w@", host: "h", dbname: "d" }],
  ["postgresql://[::1]/d", { host: "::1", dbname: "d" }],
  ["postgresql://[::1]:5433,h2:5434/d", { host: "::1,h2", port: "5433,5434", dbname: "d" }],
  ["postgresql://h1,h2:5433/d", { host: "h1,h2", port: ",5433", dbname: "d" }],
  ["postgresql://h1,h2/d", { host: "h1,h2", port: ",", dbname: "d" }],
  ["postgresql://%2Fvar%2Frun/d", { host: "/var/run", dbname: "d" }],
  ["postgresql:///d?host=/tmp", { dbname: "d", host: "/tmp" }],
  ["postgresql://u@/d", { user: "u", dbname: "d" }],
  ["postgresql://u:@h/d", { user: "u", host: "h", dbname: "d" }],
  ["postgresql://:p@h/d", { password: "p", host: "h", dbname: "d" }],
  ["postgresql://h/a%20b", { host: "h", dbname: "a b" }],
  ["postgresql://h/a b", { host: "h", dbname: "a b" }],
  ["postgresql://h/a/b", { host: "h", dbname: "a/b" }],
  ["postgresql://h/db@x", { host: "h", dbname: "db@x" }],
  ["postgresql://h/", { host: "h" }],
  ["postgresql://h/d?", { host: "h", dbname: "d" }],
  ["postgresql://h/d?options=-c%20a%3Db", { host: "h", dbname: "d", options: "-c a=b" }],
  ["postgresql://h/d?ssl=true", { host: "h", dbname: "d", sslmode: "require" }],
  ["postgresql://h/d?user=me@corp", { host: "h", dbname: "d", user: "me@corp" }],
  ["postgresql://h?user=me@corp", { user: "h?user=me", host: "corp" }],
  ["postgresql://u:p@h/d?password=a@b", { user: "u", password: "a@b", host: "h", dbname: "d" }],
  ["postgresql://h:5432/d?host=/tmp&port=7", { host: "/tmp", port: "7", dbname: "d" }],
  ["postgresql://?host=a,b&port=1,2", { host: "a,b", port: "1,2" }],
];

/** Texts that libpq cannot connect with. */
const moreThanLibpq: [string, Record<string, string>][] = [
  ["postgresql://u:p/w@h/d", { user: "u", password: "p/w", host: "h", dbname: "d" }],
  ["postgresql://u:p@s@h/d", { user: "u", password: "p@s", host: "h", dbname: "d" }],
  ["postgresql://u:p@s@h", { user: "u", password: "p@s", host: "h" }],
  ["postgresql://u:p@s/w@h/d", { user: "u", password: "p@s/w", host: "h", dbname: "d" }],
  ["postgresql://u:5/w@h/d", { user: "u", password: "5/w", host: "h", dbname: "d" }],
  ["postgresql://u:p@s?w@h/d", { user: "u", password: "p@s?w", host: "h", dbname: "d" }],
  [
    "postgresql://u:@/#%:?@h:1/d?sslmode=allow",
    { user: "u", password: "@/#%:?", host: "h", port: "1", dbname: "d", sslmode: "allow" },
  ],
  ["postgresql://me@server:p@server/d", { user: "me@server", password: "p", host: "server", dbname: "d" }],
  ["postgresql://u:100%@h/d", { user: "u", password: "100%", host: "h", dbname: "d" }],
  ["postgresql://h/d?options=-c a=b", { host: "h", dbname: "d", options: "-c a=b" }],
  [
    "postgresql+asyncpg://h/d?ssl=verify-full&statement_cache_size=0",
    { host: "h", dbname: "d", sslmode: "verify-full" },
  ],
  ["postgresql+psycopg2://h/d", { host: "h", dbname: "d" }],
  ["PostgreSQL://h/d", { host: "h", dbname: "d" }],
];

/** Texts with a part of the message; each contains the password `hunter`, which no message may contain. */
const refused: [string, string][] = [
  ["mysql://u:hunter@h/d", 'the scheme is "mysql"'],
  ["jdbc:postgresql://h/d?password=hunter", 'the scheme is "jdbc:postgresql"'],
  ["mysql+pymysql://u:hunter@h/d", 'the scheme is "mysql"'],
  ["postgresql://u:hunter/db", "host 1 is not a valid host"],
  ["postgresql://u:x/hunter@h", 'the "@" after the host'],
  ["postgresql://u:1/hunter@h", 'the "@" after the host'],
  ["postgresql://u:x@hunter@h/db@x", 'the "@" after the host'],
  ["postgresql://u:x@h/hunter@y", 'the "@" after the host'],
  ["postgresql://u:hunter@h,h2:x/d", "host 2 is not a valid host"],
  ["postgresql://u:hunter@::1/d", "host 1 is not a valid host"],
  ["postgresql://u:hunter@[::1/d", "host 1 is not a valid host"],
  ["postgresql://u:hunter@[]/d", "host 1 is not a valid host"],
  [
    "postgresql://u:hunter@h/d?ssl_mode=require",
    'unknown parameter "ssl_mode", the nearest known one is "sslmode"',
  ],
  ["postgresql://h/d?hunter=1", "unknown parameter at character 18"],
  ["postgresql://h/d?user=x&hunter", '"=" is missing in the parameter at character 25'],
  ["postgresql://u:hunter@h/d?statement_cache_size=0", "unknown parameter at character 27"],
  ["postgresql://u:hunter@h/d?ssl=false", 'the value of parameter "ssl" is not known'],
  ["postgresql://u:hunter@h/100%", 'the database name has a "%" that does not begin an escape'],
  ["postgresql://u:hunter%ff@h/d", "the escapes in the password are not UTF-8"],
  ["postgresql://u:hunter%00@h/d", "the password contains a NUL"],
];

describe("parseUri", () => {
  test.each(asLibpq)("reads %s as libpq does", (text, values) => expect(parse(text)).toEqual(values));

  test.each(moreThanLibpq)("reads %s", (text, values) => expect(parse(text)).toEqual(values));

  test.each(refused)("refuses %s without showing it", (text, message) => {
    const error = failure(text);
    expect(error.code).toBe("connection-string");
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/^SOURCE: .*$/);
    expect(`${error.message} ${error.hint}`).not.toContain("hunter");
  });
});
