import { splitStatements } from "../../sql/statements.ts";

/** Objects that belong to the server and not to one database; a subscription also connects to another server. */
const kinds = "(?:ROLE|USER(?! MAPPING)|GROUP|DATABASE|TABLESPACE|SUBSCRIPTION|PARAMETER)";

const changes = `(?:(?:CREATE|ALTER|DROP) ${kinds}|ALTER SYSTEM|(?:DROP|REASSIGN) OWNED)\\b`;
const atStart = new RegExp(`^${changes}|^COMMENT ON ${kinds}\\b`);
const inBlock = new RegExp(`\\b${changes}`);
const onServer = new RegExp(`\\bON ${kinds}\\b`);

/**
 * Whether a statement changes what belongs to the whole server: roles, memberships, databases, tablespaces, settings.
 * A block counts if its text has such a statement; what a function does when it is called is unknown.
 */
export function isServerWide(sql: string): boolean {
  const [statement] = splitStatements(sql);
  if (statement === undefined) return false;
  const [first = ""] = statement.words;
  const text = statement.text.toUpperCase().replace(/\s+/g, " ");
  if (first === "DO") return inBlock.test(text);
  // A membership is granted without ON.
  if (first === "GRANT" || first === "REVOKE") return !/\bON\b/.test(text) || onServer.test(text);
  if (first === "SECURITY") return onServer.test(text);
  return atStart.test(statement.words.slice(0, 3).join(" "));
}
