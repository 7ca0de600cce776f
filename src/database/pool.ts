import type { Duplex } from "node:stream";
import postgres from "postgres";

/** A client of postgres.js: a pool of connections. */
export type SqlClient = postgres.Sql;

/** Opens a pool of ten connections, which connects when it is used. @param socket a connection that needs no password */
export function openPool(
  { user, database }: { readonly user: string; readonly database: string },
  socket: () => Duplex | Promise<Duplex>,
): SqlClient {
  const options: postgres.Options<Record<string, never>> & { socket: typeof socket } = {
    socket,
    host: "localhost",
    user,
    database,
    // A function, as postgres.js would otherwise fall back to the environment.
    password: () => "",
    ssl: false,
    onnotice: () => {},
    connection: { application_name: "test" },
  };
  return postgres(options);
}
