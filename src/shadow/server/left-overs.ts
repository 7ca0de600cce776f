import { isServerError } from "../../database/server-error.ts";
import type { Session } from "../../database/session.ts";
import { identifier, literal } from "../../sql/quote.ts";
import type { Listener } from "./server-place.ts";

/** Every shadow has this name, followed by a random number. */
const prefix = "socrates_db_shadow_";

/** The comment of every shadow: a database that only has such a name is not ours. */
export const shadowComment = "shadow of socrates-db, dropped at the end of the run that created it";

/** "SDBS" as four bytes; the second half of the key is the number of the shadow. */
const lockClass = 1396982355;

export function shadowName(number: number): string {
  return `${prefix}${number}`;
}

/**
 * SQL that marks a shadow as in use until the session ends. Other runs see it in pg_locks, in whichever database it is
 * held.
 */
export function shadowLockSql(number: number): string {
  return `SELECT pg_advisory_lock(${lockClass}, ${number})`;
}

const unused = `SELECT datname AS name, shobj_description(oid, 'pg_database') IS NOT DISTINCT FROM ${literal(shadowComment)} AS ours
FROM pg_database WHERE datname ~ '^${prefix}[0-9]{1,10}$' AND NOT EXISTS (SELECT FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 2 AND classid = ${lockClass} AND objid::text = substr(datname, ${prefix.length + 1}))
ORDER BY datname`;

/** SQLSTATE of a database that another run has dropped in the meantime. */
const alreadyDropped = "3D000";

/** Drops the shadows of runs that were killed, and says so. PostgreSQL refuses to drop one that is in use. */
export async function dropLeftOvers(session: Session, { warn, note }: Listener): Promise<void> {
  for (const { name, ours } of await session.read<{ name: string; ours: boolean }>(unused)) {
    if (!ours) {
      warn(`${name} on ${session.label} has the name of a shadow but not its comment: it is not dropped`);
      continue;
    }
    try {
      await session.run(`DROP DATABASE ${identifier(name)}`);
      note(`dropped the shadow ${name} on ${session.label}, which a killed run had left`);
    } catch (error) {
      if (!isServerError(error)) throw error;
      if (error.code !== alreadyDropped)
        warn(`the shadow ${name}, which another run has left, is not dropped: ${error.message}`);
    }
  }
}
