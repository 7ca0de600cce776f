import type { Session } from "../database/session.ts";
import { identifier, literal } from "../sql/quote.ts";

/** Settings of a session that change what a statement means or writes, and that the runner does not set itself. */
const names = [
  "TimeZone",
  "DateStyle",
  "IntervalStyle",
  "bytea_output",
  "check_function_bodies",
  "default_text_search_config",
  "default_toast_compression",
  "extra_float_digits",
  "row_security",
  "xmloption",
];

/** `SET LOCAL` statements for what a new session of the same user in the same database would have. */
export async function settingsOf(session: Session): Promise<string> {
  const list = names.map((name) => literal(name)).join(", ");
  const rows = await session.read<{ name: string; value: string }>(
    `SELECT name, reset_val AS value FROM pg_catalog.pg_settings WHERE name IN (${list}) ORDER BY name`,
  );
  return rows.map(({ name, value }) => `SET LOCAL ${identifier(name)} = ${literal(value)};`).join(" ");
}
