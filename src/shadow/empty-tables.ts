import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { sqlName, textOf } from "../repair/names.ts";
import type { SchemaObject } from "../schema/model.ts";

/**
 * Removes all rows of tables, and of those that refer to them. TRUNCATE builds the indexes again: where that is not
 * possible, only the rows of the tables themselves are removed, without triggers.
 */
export async function emptyTables(session: Session, tables: readonly SchemaObject[]): Promise<void> {
  const own = tables.filter((table) => textOf(table, "type") !== "foreign table");
  if (own.length === 0) return;
  const names = own.map(({ name }) => sqlName(name));
  await session.run(`TRUNCATE ${names.join(", ")} CASCADE`).catch(async (error: unknown) => {
    if (!isServerError(error)) throw error;
    const deletes = names.map((name) => `DELETE FROM ${name};`);
    await session.run(
      `SET session_replication_role = replica; ${deletes.join(" ")} RESET session_replication_role`,
    );
  });
}
