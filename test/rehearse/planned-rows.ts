import type { Session } from "../../src/database/session.ts";

/** Statements on the tables of sizes.test.ts whose plans depend on how large these are. */
export const plannedStatements: readonly string[] = [
  "UPDATE orders SET total = total + 1",
  "UPDATE orders SET note = 'old' WHERE status = 'paid'",
  "UPDATE orders SET note = 'old' WHERE id = 77",
  "DELETE FROM orders WHERE id IN (4, 5, 6)",
  "DELETE FROM tags",
  "DELETE FROM tags WHERE word = 'tag7'",
  "INSERT INTO tags SELECT name, 1 FROM customers",
  "INSERT INTO tags SELECT body, 1 FROM pages WHERE id = 1",
  "INSERT INTO tags SELECT status, count(*) FROM orders GROUP BY status",
  "UPDATE orders SET note = c.name FROM customers c WHERE c.id = customer_id",
  "UPDATE orders SET note = c.name FROM customers c WHERE c.id = customer_id AND orders.id = 77",
  "DELETE FROM tags USING customers WHERE word = name",
  "SELECT count(*) FROM orders JOIN customers ON customers.id = customer_id",
  "WITH done AS (DELETE FROM orders WHERE status = 'returned' RETURNING note) INSERT INTO tags SELECT coalesce(note, ''), 0 FROM done",
  "UPDATE tags SET weight = (SELECT count(*) FROM customers)",
];

interface Node {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly Node[];
}

function scannedIn(node: Node): string[] {
  const { "Node Type": type, "Relation Name": table } = node;
  return [
    ...(type === "Seq Scan" && table !== undefined ? [table] : []),
    ...(node.Plans ?? []).flatMap(scannedIn),
  ];
}

/** The tables that a statement reads by sequential scans on a server, as its planner says. */
export async function tablesReadOn(session: Session, sql: string): Promise<readonly string[]> {
  const [row] = await session.run<{ readonly "QUERY PLAN": readonly { readonly Plan: Node }[] }>(
    `EXPLAIN (FORMAT JSON) ${sql}`,
  );
  const plan = row?.["QUERY PLAN"][0]?.Plan;
  if (plan === undefined) throw new Error("no plan");
  return scannedIn(plan);
}
