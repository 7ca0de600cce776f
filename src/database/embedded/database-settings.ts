import type { PGlite } from "@electric-sql/pglite";

/**
 * Settings of ALTER DATABASE and ALTER ROLE, which a server reads when a session starts, the stronger ones last. The
 * engine's one session started long before most of its clients.
 */
export const databaseSettingsSql = `SELECT pg_catalog.split_part(c, '=', 1), pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1)
FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c
WHERE s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
  AND s.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER))
ORDER BY s.setrole <> 0, s.setdatabase <> 0, 1`;

/** Utility statements after which the settings may differ. */
export const changesDatabaseSettings: ReadonlySet<string> = new Set(["ALTER DATABASE", "ALTER ROLE"]);

/** Whether the session has begun nothing, so that a statement of ours is a separate transaction. */
export function isIdle(postgres: PGlite["Module"]): boolean {
  return postgres["_IsTransactionState"]() === 0 && postgres["_IsTransactionBlock"]() === 0;
}

const dataRow = 0x44;

/** The rows of an answer to a simple query; NULL becomes an empty text. */
export function rowsOf(answer: Buffer): string[][] {
  const rows: string[][] = [];
  for (let at = 0; at < answer.length; at += 1 + answer.readUInt32BE(at + 1)) {
    if (answer[at] !== dataRow) continue;
    const row: string[] = [];
    for (let left = answer.readUInt16BE(at + 5), value = at + 7; left > 0; left--) {
      const length = Math.max(0, answer.readInt32BE(value));
      row.push(answer.toString("utf8", value + 4, value + 4 + length));
      value += 4 + length;
    }
    rows.push(row);
  }
  return rows;
}
