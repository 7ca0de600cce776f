import type { Session } from "../../database/session.ts";
import { literal } from "../../sql/quote.ts";

/** The properties of a database that its shadow shares. */
export interface Likeness {
  readonly encoding: string;
  /** `c` for libc, `i` for ICU, `b` for PostgreSQL's own locales (manual, section 24.1.4). */
  readonly provider: string;
  readonly collate: string;
  readonly ctype: string;
  /** The locale of ICU or of PostgreSQL itself. */
  readonly locale: string | null;
  readonly rules: string | null;
}

/** Works on every server, in every encoding. */
export const plainLikeness: Likeness = {
  encoding: "UTF8",
  provider: "c",
  collate: "C",
  ctype: "C",
  locale: null,
  rules: null,
};

/** As JSON, because the columns differ between versions. */
const query = `SELECT pg_encoding_to_char(encoding) AS encoding, coalesce(d ->> 'datlocprovider', 'c') AS provider,
  d ->> 'datcollate' AS collate, d ->> 'datctype' AS ctype, coalesce(d ->> 'datlocale', d ->> 'daticulocale') AS locale, d ->> 'daticurules' AS rules
FROM (SELECT encoding, to_jsonb(pg_database) AS d FROM pg_database WHERE datname = current_database()) found`;

/** Reads the properties of a session's database. */
export async function readLikeness(session: Session): Promise<Likeness> {
  const [likeness] = await session.read<Likeness>(query);
  if (likeness === undefined) throw new Error("a database is missing from pg_database");
  return likeness;
}

/** The options of CREATE DATABASE for these properties. */
export function creationOptions({ encoding, provider, collate, ctype, locale, rules }: Likeness): string {
  const options = [
    `ENCODING ${literal(encoding)} LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}`,
    ...(provider === "i" ? ["LOCALE_PROVIDER icu"] : provider === "b" ? ["LOCALE_PROVIDER builtin"] : []),
    ...(locale === null ? [] : [`${provider === "i" ? "ICU_LOCALE" : "BUILTIN_LOCALE"} ${literal(locale)}`]),
    ...(rules === null ? [] : [`ICU_RULES ${literal(rules)}`]),
  ];
  return options.join(" ");
}

/** In one phrase, for messages. */
export function describeLikeness({ encoding, provider, collate, locale }: Likeness): string {
  const by = { i: " of ICU", b: " of PostgreSQL" }[provider] ?? "";
  return `encoding ${encoding} and locale ${locale ?? collate}${by}`;
}
