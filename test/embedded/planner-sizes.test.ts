import { expect, test } from "vitest";
import { sizesSetting } from "../../src/database/session-sql.ts";
import { withShadow } from "../../src/shadow/open.ts";

interface PlannedNode {
  readonly "Node Type": string;
  readonly "Total Cost": number;
  readonly "Plan Rows": number;
  readonly "Index Name"?: string;
}

test("the planner takes sizes from the catalogs with the setting, and from the files without it", () =>
  withShadow({}, async (shadow) => {
    const plan = async (sql: string): Promise<PlannedNode> => {
      const [row] = await shadow.run<{ readonly "QUERY PLAN": readonly { readonly Plan: PlannedNode }[] }>(
        `EXPLAIN (FORMAT JSON) ${sql}`,
      );
      const found = row?.["QUERY PLAN"][0]?.Plan;
      if (found === undefined) throw new Error("no plan");
      return found;
    };
    const restore = (name: string, pages: number, rows: number) =>
      shadow.run(`SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', '${name}',
        'relpages', ${pages}::int4, 'reltuples', ${rows}::float4)`);
    await shadow.run(
      "CREATE TABLE t (id int, word text); CREATE INDEX t_id ON t (id); INSERT INTO t VALUES (1, 'a')",
    );
    await restore("t", 443_000, 48_000_000);
    await restore("t_id", 132_000, 48_000_000);
    await shadow.run(`SET ${sizesSetting} = on`);
    // 443,000 pages and 48 million rows at the default costs of 1 and 0.01; four segments of a file.
    expect(await plan("SELECT * FROM t")).toMatchObject({
      "Node Type": "Seq Scan",
      "Total Cost": 443_000 + 480_000,
      "Plan Rows": 48_000_000,
    });
    await shadow.run("SET enable_seqscan = off; SET enable_bitmapscan = off");
    const byIndex = await plan("SELECT * FROM t WHERE id > 0");
    expect(byIndex).toMatchObject({ "Index Name": "t_id", "Plan Rows": 16_000_000 });
    expect(byIndex["Total Cost"]).toBeGreaterThan(132_000 / 3);
    await shadow.run("SET enable_seqscan = on");
    await shadow.run(`SET ${sizesSetting} = off`);
    expect((await plan("SELECT * FROM t"))["Total Cost"]).toBeLessThan(10_000);
  }));
