import { afterEach, expect, it } from "vitest";
import type { Session } from "../../src/database/session.ts";
import { engines, makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

let place: Place;
let session: Session;
afterEach(async () => {
  await session.close();
  await place.dispose();
});

async function open(engine: (typeof engines)[number]): Promise<void> {
  place = await makePlace(engine);
  session = await connectTo(place, "auth");
  await session.run("CREATE TABLE t (id int PRIMARY KEY, CHECK (id <> 666))");
}

function* numbers(last: string): Generator<Buffer> {
  for (let i = 0; i < 50; i++)
    yield Buffer.from(Array.from({ length: 1000 }, (_, j) => `${i * 1000 + j + 1000}\n`).join(""));
  yield Buffer.from(last);
}

async function count(): Promise<unknown> {
  return (await session.run("SELECT count(*)::int AS rows FROM t"))[0];
}

it.each(engines)("rows arrive on the %s engine", async (engine) => {
  await open(engine);
  await session.copy("COPY t FROM STDIN", numbers("1\n"));
  expect(await count()).toEqual({ rows: 50_001 });
});

it.each(engines)(
  "a bad row is reported on the %s engine, wherever it stands, and the session goes on",
  async (engine) => {
    await open(engine);
    await expect(session.copy("COPY t FROM STDIN", numbers("666\n"))).rejects.toMatchObject({
      code: "23514",
    });
    await expect(session.copy("COPY t FROM STDIN", numbers("x\n"))).rejects.toMatchObject({ code: "22P02" });
    const early = [Buffer.from("y\n"), ...numbers("1\n")];
    await expect(session.copy("COPY t FROM STDIN", early)).rejects.toMatchObject({ code: "22P02" });
    await expect(session.copy("COPY nowhere FROM STDIN", numbers("1\n"))).rejects.toMatchObject({
      code: "42P01",
    });
    expect(await count()).toEqual({ rows: 0 });
  },
);

it.each(engines)("data that break off leave nothing on the %s engine", async (engine) => {
  await open(engine);
  const broken = function* () {
    yield* numbers("1\n");
    throw new RangeError("no more");
  };
  await expect(session.copy("COPY t FROM STDIN", broken())).rejects.toThrow("no more");
  expect(await count()).toEqual({ rows: 0 });
});
