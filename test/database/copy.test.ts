import { afterEach, expect, it } from "vitest";
import { parseConnection } from "../../src/config/connection-string.ts";
import { thisMachine } from "../../src/config/machine.ts";
import { openSession, type Session } from "../../src/database/session.ts";
import { openThrough, type ProxyHooks } from "../runner/proxy.ts";
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
  "a bad row is reported on the %s engine, wherever it is, and the session can continue",
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

it.each(engines)("interrupted data leaves nothing on the %s engine", async (engine) => {
  await open(engine);
  const broken = function* () {
    yield* numbers("1\n");
    throw new RangeError("no more");
  };
  await expect(session.copy("COPY t FROM STDIN", broken())).rejects.toThrow("no more");
  expect(await count()).toEqual({ rows: 0 });
});

/** Ends a COPY before it has any data, and forwards its begin and its failure in one packet. */
function failAtOnce(): ProxyHooks {
  let held = Buffer.alloc(0);
  return {
    fromServer: (data, { server }) => {
      const begins = data[0] === 0x47;
      if (!begins && held.length === 0) return data;
      held = Buffer.concat([held, data]);
      if (begins) server.write(Buffer.from("f\0\0\0\x05\0", "latin1"));
      // ReadyForQuery is the last message.
      if (!held.subarray(-6, -1).equals(Buffer.from("Z\0\0\0\x05", "latin1"))) return undefined;
      const all = held;
      held = Buffer.alloc(0);
      return all;
    },
  };
}

it("a failure in the same packet as the begin is reported, and nothing is uncaught", async () => {
  place = await makePlace("server");
  const { proxy, env } = await openThrough(place, "auth", failAtOnce);
  try {
    const { target } = parseConnection(env["DATABASE_URL_AUTH"], "DATABASE_URL_AUTH", thisMachine({}));
    session = await openSession({ key: "auth", name: "socrates_auth", target, applicationName: "test" });
    await session.run("CREATE TABLE t (id int)");
    await expect(session.copy("COPY t FROM STDIN", numbers("1\n"))).rejects.toMatchObject({ code: "57014" });
    expect(await count()).toEqual({ rows: 0 });
  } finally {
    await proxy.close();
  }
});

it.each(engines)(
  "a read within a transaction is refused, as it would end it, on the %s engine",
  async (engine) => {
    await open(engine);
    await session.run("BEGIN");
    await expect(session.read("SELECT 1")).rejects.toThrow("a read within a transaction has ended it");
    expect(await session.read("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  },
);
