import type { Session } from "../database/session.ts";
import { textOf } from "../repair/names.ts";
import { rolesIn } from "../repair/privileges.ts";
import type { Schema } from "../schema/model.ts";

/** Creates the roles that a schema names and the server lacks. */
export async function createRoles(session: Session, schema: Schema): Promise<void> {
  const rows = await session.run<{ role: string }>(
    "SELECT pg_catalog.quote_ident(rolname) AS role FROM pg_catalog.pg_roles",
  );
  const known = new Set(rows.map(({ role }) => role));
  const owners = [...schema.objects.values()].flatMap((object) => textOf(object, "owner") ?? []);
  for (const role of new Set([...rolesIn(schema), ...owners]))
    if (!known.has(role)) await session.run(`CREATE ROLE ${role}`);
}
