import { afterEach, describe, expect, it } from "vitest";
import { table, tables, writeChains, writeMigration } from "../runner/helpers.ts";
import { makePlace, type Place } from "../support/place.ts";
import { expectRefused } from "./support/invariants.ts";
import { mostEngines } from "./support/machine.ts";

let place: Place;
afterEach(() => place.dispose());

describe.each(mostEngines)("identifiers on the %s engine (fault 26)", (engine) => {
  const names = [
    "ποίηση",
    "表",
    "جدول",
    "таблица",
    'with "quotes"',
    "with'quote; --",
    "$$sdb$$",
    "é".repeat(31),
  ];
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

  it("of several scripts and with every kind of quote survive migrate and rollback", async () => {
    place = await makePlace(engine);
    const up = names.map((name) => `CREATE TABLE ${quoted(name)} (${quoted(name)} int);`).join("\n");
    const down = names.map((name) => `DROP TABLE ${quoted(name)};`).join("\n");
    writeChains(place, { auth: [{ number: 1, phase: 0, up, down }], specs: [table(2, 0)] });
    expect(await place.run(["migrate"])).toMatchObject({ exitCode: 0 });
    const [row] = await place.query<{ count: number }>(
      "auth",
      "SELECT count(*)::int AS count FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    );
    expect(row?.count).toBe(names.length);
    await place.query("auth", `INSERT INTO ${quoted("表")} VALUES (1)`);
    const { code, text } = await expectRefused(place, ["rollback", "--to", "0"]);
    expect([code, text]).toEqual(["data-loss", expect.stringContaining("表")]);
    expect((await place.run(["rollback", "--to", "0", "--allow-data-loss"])).exitCode).toBe(0);
    expect(await tables(place, "auth")).toEqual([]);
  });

  it.each([
    ["64 letters", "n".repeat(64)],
    ["64 bytes of a letter that has two", "é".repeat(32)],
    ["64 bytes of a letter that has three", `${"表".repeat(21)}n`],
  ])("of %s are refused, as PostgreSQL would cut them", async (_, name) => {
    place = await makePlace(engine);
    writeChains(place, { auth: [table(1, 0)], specs: [table(2, 0)] });
    expect((await place.run(["migrate"])).exitCode).toBe(0);
    writeMigration(place, "auth", { number: 3, phase: 1, up: `CREATE TABLE ${quoted(name)} (id int);` });
    const { code, text } = await expectRefused(place);
    expect(code).toBe("file-invalid");
    expect(text).toContain("the identifier");
  });
});
