import type { ServerPlace } from "./server/server-place.ts";
import type { Shadow } from "./shadow.ts";

/** Where a shadow is opened. */
export interface ShadowPlace {
  /** Undefined for the embedded engine in memory. */
  readonly server?: ServerPlace | undefined;
  /** Key or name of the database that it is for; undefined for SQL of any database. */
  readonly database?: string | undefined;
  /** Ends the shadow, whatever it is doing; its work then fails. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens an empty database: in memory, or on the server that the user has chosen.
 * @throws SocratesError `image-missing`, `embedded-failed`; on a server `privilege-missing`, `shadow-failed`,
 * `pooler-unsupported`, and connection errors
 */
export async function openShadow({ server, database }: ShadowPlace): Promise<Shadow> {
  // Most schemas are cached, so that neither engine is needed.
  if (server === undefined) return (await import("./embedded.ts")).openEmbedded();
  const { openOnServer } = await import("./server/on-server.ts");
  return openOnServer(server, database);
}

/** Runs `work` on a shadow, and closes it. */
export async function withShadow<T>(place: ShadowPlace, work: (shadow: Shadow) => Promise<T>): Promise<T> {
  const { signal } = place;
  const session = await openShadow(place);
  const end = () => void session.close();
  signal?.addEventListener("abort", end);
  try {
    signal?.throwIfAborted();
    return await work(session);
  } finally {
    signal?.removeEventListener("abort", end);
    await session.close();
  }
}
