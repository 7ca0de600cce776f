import { afterEach, describe, expect, it } from "vitest";
import { type BackendState, probeBackend, withHeartbeat } from "../../src/database/heartbeat.ts";
import { openSession, type Session } from "../../src/database/session.ts";
import { makePlace, type Place } from "../support/place.ts";

const never = new Promise<string>(() => {});
const later = (milliseconds: number) =>
  new Promise<string>((resolve) => setTimeout(() => resolve("answer"), milliseconds));

/** The results of the checks, one after the other; the last one repeats forever. */
function states(...found: BackendState[]): () => Promise<BackendState> {
  return async () => (found.length > 1 ? found.shift() : found[0]) ?? "unknown";
}

describe("the wait for an answer", () => {
  const wait = (answer: Promise<string>, probe: () => Promise<BackendState>) =>
    withHeartbeat(answer, probe, (reason) => new Error(reason), 5);

  it.each(["working", "unknown"] as const)("waits as long as the backend is %s", async (state) => {
    expect(await wait(later(100), states(state))).toBe("answer");
  });

  it.each(["done", "gone", "unreachable"] as const)("ends when the backend is %s", async (state) => {
    await expect(wait(never, states("working", state))).rejects.toThrow(/server/);
  });

  it("waits if that was seen only once: the answer may be on its way", async () => {
    const probe = states("done", "working", "gone", "working", "unreachable", "unreachable", "working");
    expect(await wait(later(100), probe)).toBe("answer");
  });
});

describe("a check of a backend", () => {
  let place: Place;
  const open: Session[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((session) => session.close()));
    await place.dispose();
  });

  async function session(): Promise<Session> {
    const target = place.targets["auth"];
    if (target === undefined) throw new Error("no target");
    const opened = await openSession({ key: "auth", name: "socrates_auth", target, applicationName: "test" });
    open.push(opened);
    return opened;
  }

  it("distinguishes running, idle and ended backends", async () => {
    place = await makePlace("server");
    const watched = await session();
    await watched.run("SELECT 1");
    const pid = watched.reportedPid() ?? 0;
    expect(await probeBackend(session, pid)).toBe("done");
    await watched.run("BEGIN");
    expect(await probeBackend(session, pid)).toBe("done");
    const work = watched.run("SELECT pg_sleep(600)").catch(() => {});
    await expect.poll(() => probeBackend(session, pid), { timeout: 180_000 }).toBe("working");
    const other = await session();
    await other.run(`SELECT pg_terminate_backend(${pid})`);
    await work;
    expect(await probeBackend(session, pid)).toBe("gone");
  });

  it("behind a pooler, with an invented process number, only knows whether nothing runs at all", async () => {
    place = await makePlace("server");
    const pooled = async (): Promise<Session> => ({ ...(await session()), reportedPid: () => 1 });
    const other = await session();
    await other.run("BEGIN");
    expect(await probeBackend(pooled, 1)).toBe("unknown");
    await other.run("COMMIT");
    expect(await probeBackend(pooled, 1)).toBe("done");
  });

  it("finds a server that does not answer", async () => {
    place = await makePlace("server");
    const target = place.targets["auth"];
    if (target?.kind !== "server") throw new Error("no server");
    const nowhere = { ...target, hosts: [{ host: "127.0.0.1", port: 1 }] };
    const probe = () =>
      openSession({ key: "auth", name: "socrates_auth", target: nowhere, applicationName: "test" });
    expect(await probeBackend(probe, 1)).toBe("unreachable");
  });
});
