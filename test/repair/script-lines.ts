import type { RepairGroup } from "../../src/repair/plan-repair.ts";

/** The statements of groups as psql runs them. */
export function scriptLines(groups: readonly RepairGroup[]): string[] {
  return groups.flatMap(({ transaction, statements }) => {
    const sql = statements.map((statement) => statement.sql);
    return transaction ? ["BEGIN", ...sql, "COMMIT"] : sql;
  });
}
