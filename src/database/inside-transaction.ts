import { readSettings } from "./read-only.ts";
import type { Queries, Session } from "./session.ts";

const begin = "SAVEPOINT reading";
const end = "ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading";

/** A session whose reads are part of its open transaction and leave it as it is; they see what it has changed. */
export function insideTransaction(session: Session): Session {
  return {
    ...session,
    read: async <Row extends object>(query: string) => {
      await session.run([begin, ...readSettings].join("; "));
      const rows = await session.run<Row>(query);
      await session.run(end);
      return rows;
    },
    snapshot: async <Rows extends { [Name in keyof Rows]: object }>(queries: Queries<Rows>) => {
      await session.run([begin, ...readSettings].join("; "));
      const read: Partial<{ [Name in keyof Rows]: readonly Rows[Name][] }> = {};
      for (const name in queries) read[name] = await session.run<Rows[typeof name]>(queries[name]);
      await session.run(end);
      if (!hasAll(read, queries)) throw new TypeError("a query of a snapshot has not been read");
      return read;
    },
  };
}

function hasAll<Rows>(
  read: Partial<{ [Name in keyof Rows]: readonly Rows[Name][] }>,
  queries: Queries<Rows>,
): read is { [Name in keyof Rows]: readonly Rows[Name][] } {
  return Object.keys(queries).every((name) => name in read);
}
