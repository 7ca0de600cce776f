import { concurrentIndex, type Statement } from "./statements.ts";

/** First words of statements that PostgreSQL refuses inside a transaction block (manual, "SQL Commands"). */
const refusedInside: readonly (readonly string[])[] = [
  ["VACUUM"],
  ["CREATE", "DATABASE"],
  ["DROP", "DATABASE"],
  ["CREATE", "TABLESPACE"],
  ["DROP", "TABLESPACE"],
  ["ALTER", "SYSTEM"],
  ["REINDEX", "DATABASE"],
  ["REINDEX", "SYSTEM"],
  ["REINDEX", "SCHEMA"],
  ["DROP", "INDEX", "CONCURRENTLY"],
];

/** Statements that have a form with CONCURRENTLY somewhere after their first words. */
const concurrentForms: readonly (readonly string[])[] = [["REINDEX"], ["ALTER", "TABLE"]];

/** Whether PostgreSQL refuses a statement inside a transaction block. */
export function runsOutsideTransaction(statement: Statement): boolean {
  const { words, names } = statement;
  const starts = (prefix: readonly string[]) => prefix.every((word, i) => words[i] === word);
  // A quoted name is never a keyword.
  const isConcurrent = words.some((word, i) => word === "CONCURRENTLY" && names[i] !== word);
  return (
    concurrentIndex(statement) !== undefined ||
    refusedInside.some(starts) ||
    (isConcurrent && concurrentForms.some(starts))
  );
}

/** The unqualified name of the only index that `DROP INDEX` drops; undefined for other statements. */
export function droppedIndex({ words, names }: Statement): string | undefined {
  if (words[0] !== "DROP" || words[1] !== "INDEX") return undefined;
  let at = words[2] === "CONCURRENTLY" && names[2] !== "CONCURRENTLY" ? 3 : 2;
  if (words[at] === "IF" && words[at + 1] === "EXISTS") at += 2;
  while (words[at + 1] === ".") at += 2;
  return words[at + 1] === "," ? undefined : names[at];
}
