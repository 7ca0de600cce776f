import type { RepairStatement } from "./plan-repair.ts";

/** Statements of a script that one transaction holds, or that run outside of one. */
export interface StatementGroup {
  readonly transaction: boolean;
  readonly statements: readonly RepairStatement[];
}

/** Divides the statements of a script into groups that are committed one after another. */
export function groupsOf(statements: readonly RepairStatement[]): StatementGroup[] {
  const groups: { transaction: boolean; statements: RepairStatement[] }[] = [];
  let isOpen = false;
  for (const statement of statements) {
    if (!isOpen) groups.push({ transaction: true, statements: [] });
    groups.at(-1)?.statements.push(statement);
    isOpen = !statement.isAlone;
  }
  return groups;
}
