import { readSchema } from "../../src/catalog/read.ts";
import { openSession, type Session } from "../../src/database/session.ts";
import type { Schema } from "../../src/schema/model.ts";
import type { Place } from "../support/place.ts";

/** Opens a session on one database of a place, for as long as the work takes. */
export async function withSession<T>(
  place: Place,
  key: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const target = place.targets[key];
  if (target === undefined) throw new Error(`no database ${key}`);
  const session = await openSession({ key, name: `socrates_${key}`, target, applicationName: "test" });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

export function schemaIn(place: Place, key: string): Promise<Schema> {
  return withSession(place, key, (session) => readSchema(session));
}
