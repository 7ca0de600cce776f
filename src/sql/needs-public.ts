import type { Statement } from "./statements.ts";

/** First words of a CREATE that creates an object in a schema; the name follows (manual, "SQL Commands"). */
const kinds: readonly (readonly string[])[] = [
  ["TABLE"],
  ["FOREIGN", "TABLE"],
  ["VIEW"],
  ["MATERIALIZED", "VIEW"],
  ["SEQUENCE"],
  ["TYPE"],
  ["DOMAIN"],
  ["FUNCTION"],
  ["PROCEDURE"],
  ["AGGREGATE"],
  ["OPERATOR"],
  ["COLLATION"],
  ["CONVERSION"],
  ["STATISTICS"],
];

/** Words between CREATE and the name that do not matter for the schema. */
const modifiers = new Set([
  "OR",
  "REPLACE",
  "UNLOGGED",
  "RECURSIVE",
  "UNIQUE",
  "CONCURRENTLY",
  "IF",
  "NOT",
  "EXISTS",
  "ONLY",
]);

const temporary = new Set(["TEMP", "TEMPORARY", "LOCAL", "GLOBAL"]);

/** Whether a name in a list of words is qualified. */
function isQualified(words: readonly string[], at: number): boolean {
  return words[at + 1] === ".";
}

/** Whether a statement creates an object in the first schema of `search_path`, by its words. */
function makesInFirstSchema({ words: all }: Statement): boolean {
  const [first, ...rest] = all.filter((word) => !modifiers.has(word));
  if (first !== "CREATE" || rest.some((word, i) => i < 2 && temporary.has(word))) return false;
  // An index is created in the schema of its table.
  if (rest[0] === "INDEX") return !isQualified(rest, rest.indexOf("ON") + 1);
  const kind = kinds.find((words) => words.every((word, i) => rest[i] === word));
  return kind !== undefined && rest[kind.length] !== "CLASS" && !isQualified(rest, kind.length);
}

function choosesSchema({ words }: Statement): boolean {
  return (
    (words[0] === "SET" && words.includes("SEARCH_PATH")) ||
    (words[0] === "SELECT" && words.includes("SET_CONFIG"))
  );
}

/**
 * Whether a script creates an object in the schema `public` by an unqualified name. A script that sets `search_path`
 * chooses its schemas itself; PostgreSQL reports missing privileges then.
 */
export function needsPublic(statements: readonly Statement[]): boolean {
  return !statements.some(choosesSchema) && statements.some(makesInFirstSchema);
}
