import { openSession, type Session } from "../../src/database/session.ts";
import type { Place } from "./place.ts";

/** A session on one database of a place; the caller closes it. */
export function connectTo(
  place: Pick<Place, "targets" | "databases"> | undefined,
  key: string,
): Promise<Session> {
  const target = place?.targets[key];
  const name = place?.databases.find((database) => database.key === key)?.name;
  if (target === undefined || name === undefined) throw new Error(`no database ${key}`);
  return openSession({ key, name, target, applicationName: "test" });
}
