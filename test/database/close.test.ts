import type { Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openSession, type Session } from "../../src/database/session.ts";
import { startProxy } from "../runner/proxy.ts";
import { makePlace, type Place } from "../support/place.ts";

let place: Place;
afterEach(() => place.dispose());

/**
 * When the session is closed: at the first byte of the login, in the middle of it, or when its last bytes are on
 * their way.
 */
const moments = { "before any answer": 1, "within the login": 2, "at the end of the login": 3 } as const;

describe("a session that is closed while it connects", () => {
  it.each(Object.entries(moments))("leaves no connection behind: %s", async (_, answers) => {
    place = await makePlace("server");
    const [direct = ""] = Object.values(place.env).filter((value) => value?.startsWith("postgres"));
    const sockets: Socket[] = [];
    let session: Session | undefined;
    let closed: Promise<void> | undefined;
    let count = 0;
    const proxy = await startProxy(direct, () => ({
      fromServer: (data, { client }) => {
        if (!sockets.includes(client)) sockets.push(client);
        count++;
        if (count === answers) closed = session?.close();
        return data;
      },
    }));
    const target = place.targets["auth"];
    if (target?.kind !== "server") throw new Error("no server");
    const { port } = new URL(proxy.url(direct));
    const through = {
      ...target,
      hosts: [{ host: "127.0.0.1", port: Number(port) }],
      sslMode: "disable" as const,
    };
    session = await openSession({
      key: "auth",
      name: "socrates_auth",
      target: through,
      applicationName: "test",
    });
    const failure = session.run("SELECT 1").then(
      () => "answered",
      () => "refused",
    );
    await vi.waitFor(() => expect(closed).toBeDefined());
    await closed;
    expect(["answered", "refused"]).toContain(await failure);
    await vi.waitFor(() => expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]));
    await proxy.close();
  });
});
