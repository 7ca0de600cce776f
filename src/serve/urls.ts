import { type ServedDatabase, servedUrl } from "../config/served.ts";
import type { NamedDatabase } from "../databases.ts";

/** A database that clients can reach. */
export interface ServedUrl {
  readonly key: string;
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** The variable in which applications expect the URL. */
  readonly urlVariable: string;
}

/** The URLs of served databases, with the variables for them. @param databases of the project */
export function servedUrls(
  served: readonly ServedDatabase[],
  databases: readonly NamedDatabase[],
): readonly ServedUrl[] {
  return served.map((database) => ({
    key: database.key,
    name: database.name,
    port: database.port,
    url: servedUrl(database),
    urlVariable: databases.find(({ key }) => key === database.key)?.urlVariable ?? "",
  }));
}
