import postgres from "postgres";
import { afterEach, describe, expect, inject, it } from "vitest";
import { start, until } from "../runner/helpers.ts";
import { makePlace, type Place } from "../support/place.ts";
import { withDatabase } from "../support/url.ts";
import { admin, compare, shadowOnServer, shadows, write } from "./helpers.ts";

let place: Place;
afterEach(() => place.dispose());

describe("a run that ends early", () => {
  const endless = "SELECT pg_sleep(600);";

  /** A command whose shadow is running a statement that does not end. */
  async function startEndless(env: Readonly<Record<string, string>>) {
    const file = write(place, "endless.sql", endless);
    const args = ["diff", "--from", file, "--to", file, "--database", "auth", "--quiet"];
    const running = start(place, args, { env, spawn: true });
    await until("the statement runs", async () => {
      const rows = await admin(
        "SELECT datname AS name FROM pg_stat_activity WHERE datname LIKE 'socrates_db_shadow_%' AND wait_event = 'PgSleep'",
      );
      return rows.length > 0;
    });
    return running;
  }

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "drops its databases on %s, and no others",
    async (signal) => {
      place = await makePlace("embedded");
      const env = shadowOnServer();
      const { child, result } = await startEndless(env);
      const own = await shadows();
      expect(await compare(place, env, "CREATE TABLE t (id int);")).toMatchObject({ exitCode: 0 });
      expect(await shadows()).toEqual(own);
      child.kill(signal);
      expect((await result).exitCode).toBe(signal);
      expect(await shadows()).toEqual([]);
    },
  );

  it("leaves them after SIGKILL: the next run drops them when they are not in use, and says so", async () => {
    place = await makePlace("embedded");
    const env = shadowOnServer();
    const { child, result } = await startEndless(env);
    const own = await shadows();
    child.kill("SIGKILL");
    expect((await result).exitCode).toBe("SIGKILL");
    const foreign = "socrates_db_shadow_12345";
    await admin(`CREATE DATABASE ${foreign}`);
    const user = postgres(withDatabase(inject("server").url, own[0] ?? ""), { max: 1 });
    await user`SELECT 1`;
    const used = await compare(place, env, "CREATE TABLE t (id int);");
    for (const name of own)
      expect(used.stderr).toContain(
        `warning: the shadow ${name}, which another run has left, is not dropped: database "${name}" is being accessed by other users`,
      );
    await user.end();
    await until("no session uses them", async () => {
      const rows = await admin("SELECT FROM pg_stat_activity WHERE datname LIKE 'socrates_db_shadow_%'");
      return rows.length === 0;
    });
    const { stderr } = await compare(place, env, "CREATE TABLE t (id int);");
    for (const name of own)
      expect(stderr).toMatch(
        new RegExp(`^dropped the shadow ${name} on .*, which a killed run had left$`, "m"),
      );
    expect(stderr).toContain(`warning: ${foreign} on `);
    expect(await shadows()).toEqual([foreign]);
    await admin(`DROP DATABASE ${foreign}`);
  });
});
