import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session } from "../../src/database/session.ts";
import { checkAcross } from "../../src/verify/references/across.ts";
import { keyTypeOf } from "../../src/verify/references/key-type.ts";
import type { Reference } from "../../src/verify/references/reference.ts";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

function referenceOf(type: string, isArray = false): Reference {
  const keyType = keyTypeOf(type);
  if (keyType === undefined) throw new Error(type);
  const place = { schema: "public", column: "key" };
  return {
    from: { database: "specs", table: "children", ...place },
    isArray,
    to: { database: "auth", table: "parents", ...place },
    keyType,
    primaryKey: ["id"],
    location: { file: "schema.md", line: 1, column: 1 },
  };
}

/** SQL of values over the whole range of a type, from a number `n`. */
const spread: Readonly<Record<string, string>> = {
  uuid: "md5(n::text)::uuid",
  bigint: "hashint8(n)::bigint * 4000000000 - n",
  text: "CASE n % 3 WHEN 0 THEN '' WHEN 1 THEN 'ä' ELSE 'a' END || repeat(chr(97 + n % 7), n % 5) || n",
};

describe.each(sampledEngines("server"))("a reference in chunks (%s)", (engine) => {
  let place: Place;
  let from: Session;
  let to: Session;
  beforeAll(async () => {
    place = await makePlace(engine);
    [from, to] = [await connectTo(place, "specs"), await connectTo(place, "auth")];
  });
  afterAll(async () => {
    await Promise.all([from.close(), to.close()]);
    await place.dispose();
  });

  async function fill(type: string, children: string, parents: string) {
    await to.run(
      `DROP TABLE IF EXISTS parents; CREATE TABLE parents (key ${type} PRIMARY KEY); INSERT INTO parents ${parents}`,
    );
    await from.run(
      `DROP TABLE IF EXISTS children; CREATE TABLE children (id int PRIMARY KEY, key ${type}); INSERT INTO children ${children}`,
    );
  }

  // Chunks of every size near the number of keys, looked up or merged, so that borders fall everywhere.
  it.each(
    Object.keys(spread).flatMap((type) =>
      [
        { keys: 7, lookUp: 0 },
        { keys: 50, lookUp: 0 },
        { keys: 1_000, lookUp: 0 },
        { keys: 50, lookUp: 49 },
        { keys: 1_000, lookUp: 1_000 },
      ].map((sizes) => ({ type, ...sizes })),
    ),
  )("counts the same as an anti-join: $type, $keys keys, $lookUp looked up", async ({ type, ...sizes }) => {
    const key = spread[type];
    await fill(
      type,
      `SELECT n, CASE WHEN n % 11 > 0 THEN key END FROM (SELECT n, (SELECT ${key} FROM (SELECT n % 250 AS n) m) AS key FROM generate_series(1, 400) n) s`,
      `SELECT ${key} FROM generate_series(0, 400) n WHERE n % 5 > 0 AND n NOT BETWEEN 100 AND 150`,
    );
    const orphaned = (n: number) => (n % 250) % 5 === 0 || (n % 250 >= 100 && n % 250 <= 150);
    const rows = Array.from({ length: 400 }, (_, i) => i + 1).filter((n) => n % 11 > 0);
    const seen: number[] = [];
    const result = await checkAcross(
      referenceOf(type),
      from,
      to,
      3,
      (checked) => void seen.push(checked),
      sizes,
    );
    expect({ checked: result.checked, orphans: result.orphans }).toEqual({
      checked: rows.length,
      orphans: rows.filter(orphaned).length,
    });
    expect(result.sample).toHaveLength(3);
    for (const { row } of result.sample) expect(orphaned(Number(row["id"]))).toBe(true);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(rows.length);
  });

  it("splits the elements of arrays", async () => {
    await fill(
      "bigint[]",
      "SELECT 1, '{1,2,NULL,9}'::bigint[] UNION ALL SELECT 2, '{}' UNION ALL SELECT 3, '{9}'",
      "SELECT '{0}'::bigint[]",
    );
    await to.run(
      "DROP TABLE parents; CREATE TABLE parents (key bigint PRIMARY KEY); INSERT INTO parents VALUES (1), (2)",
    );
    const result = await checkAcross(referenceOf("bigint", true), from, to, 5, () => {}, {
      keys: 2,
      lookUp: 0,
    });
    expect(result).toMatchObject({
      checked: 4,
      orphans: 2,
      sample: [
        { row: { id: "1" }, value: "9" },
        { row: { id: "3" }, value: "9" },
      ],
    });
  });

  it("finds nothing in empty tables, and everything if the other end is empty", async () => {
    await fill("uuid", "SELECT 1, NULL::uuid", "SELECT md5('x')::uuid");
    expect(await checkAcross(referenceOf("uuid"), from, to, 5, () => {})).toMatchObject({
      checked: 0,
      orphans: 0,
      sample: [],
    });
    await fill(
      "uuid",
      "SELECT n, md5(n::text)::uuid FROM generate_series(1, 20) n",
      "SELECT md5('x')::uuid WHERE false",
    );
    for (const lookUp of [0, 100])
      expect(
        await checkAcross(referenceOf("uuid"), from, to, 0, () => {}, { keys: 6, lookUp }),
      ).toMatchObject({ checked: 20, orphans: 20, sample: [] });
  });

  it("reports no rows that are deleted at both ends in the meantime", async () => {
    await fill(
      "uuid",
      "SELECT n, md5((n % 90)::text)::uuid FROM generate_series(1, 900) n",
      "SELECT md5(n::text)::uuid FROM generate_series(0, 89) n",
    );
    let deleted = false;
    const watched: Session = {
      ...to,
      run: async (sql) => {
        // The references were read: now both their rows and the referenced rows are deleted, for ten keys.
        if (!deleted) {
          deleted = true;
          const some = "SELECT md5(n::text)::uuid FROM generate_series(0, 89, 9) n";
          await from.run(`DELETE FROM children WHERE key IN (${some})`);
          await to.run(`DELETE FROM parents WHERE key IN (${some})`);
        }
        return to.run(sql);
      },
    };
    for (const lookUp of [0, 100]) {
      deleted = false;
      expect(
        await checkAcross(referenceOf("uuid"), from, watched, 5, () => {}, { keys: 100, lookUp }),
      ).toMatchObject({ orphans: 0 });
    }
  });

  // The two rows of a key are deleted and inserted again in an order in which no reference ever dangles.
  const looks = Array.from({ length: 6 }, (_, i) => i);
  it.each(
    [0, 100].flatMap((lookUp) =>
      looks.flatMap((leave) => looks.slice(leave + 1).map((back) => ({ lookUp, leave, back }))),
    ),
  )(
    "is not deceived by rows that leave before query $leave and come back before query $back ($lookUp looked up)",
    async ({ lookUp, leave, back }) => {
      await fill("int", "SELECT n, n FROM generate_series(1, 3) n", "SELECT generate_series(1, 3)");
      let queries = 0;
      const watched = (session: Session): Session => ({
        ...session,
        run: async (sql) => {
          const query = queries++;
          if (query === leave) {
            await from.run("DELETE FROM children WHERE key = 2");
            await to.run("DELETE FROM parents WHERE key = 2");
          }
          if (query === back) {
            await to.run("INSERT INTO parents VALUES (2)");
            await from.run("INSERT INTO children VALUES (2, 2)");
          }
          return session.run(sql);
        },
      });
      const sizes = { keys: 100, lookUp };
      const { orphans } = await checkAcross(
        referenceOf("integer"),
        watched(from),
        watched(to),
        5,
        () => {},
        sizes,
      );
      expect(orphans).toBe(0);
    },
  );
});

describe("a reference while others write (server)", () => {
  it("reports nothing of a writer that inserts parents first", async () => {
    const place = await makePlace("server");
    const sessions = await Promise.all(
      ["specs", "auth", "specs", "auth"].map((key) => connectTo(place, key)),
    );
    const [from, to, writeChildren, writeParents] = sessions;
    if (!from || !to || !writeChildren || !writeParents) throw new Error("no sessions");
    await to.run("CREATE TABLE parents (key uuid PRIMARY KEY)");
    await from.run("CREATE TABLE children (id int PRIMARY KEY, key uuid); CREATE INDEX ON children (key)");
    let stop = false;
    const writing = (async () => {
      for (let n = 0; !stop; n += 10) {
        const numbers = `generate_series(${n}, ${n + 9}) n`;
        await writeParents.run(`INSERT INTO parents SELECT md5(n::text)::uuid FROM ${numbers}`);
        await writeChildren.run(`INSERT INTO children SELECT n, md5(n::text)::uuid FROM ${numbers}`);
      }
    })();
    let checked = 0;
    for (let round = 0; round < 30 || checked < 500; round++) {
      const result = await checkAcross(referenceOf("uuid"), from, to, 5, () => {}, {
        keys: 40,
        lookUp: (round % 2) * 40,
      });
      expect(result.orphans).toBe(0);
      checked = Math.max(checked, result.checked);
    }
    stop = true;
    await writing;

    await Promise.all(sessions.map((session) => session.close()));
    await place.dispose();
  });
});
