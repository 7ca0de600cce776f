import type { Session } from "../database/session.ts";
import { rolesIn } from "../repair/roles.ts";
import type { Schema } from "../schema/model.ts";

/** Creates the roles that a schema names and the server lacks. */
export async function createRoles(session: Session, schema: Schema): Promise<void> {
  const rows = await session.run<{ role: string }>(
    "SELECT pg_catalog.quote_ident(rolname) AS role FROM pg_catalog.pg_roles",
  );
  const known = new Set(rows.map(({ role }) => role));
  for (const role of rolesIn(schema)) if (!known.has(role)) await session.run(`CREATE ROLE ${role}`);
}
