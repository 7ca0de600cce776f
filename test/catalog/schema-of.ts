import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import type { Schema } from "../../src/schema/model.ts";
import type { Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

/** Opens a session on one database of a place while `work` runs. */
export async function withSession<T>(
  place: Place,
  key: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await connectTo(place, key);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

export function schemaIn(place: Place, key: string): Promise<Schema> {
  return withSession(place, key, (session) => readSchema(session));
}
