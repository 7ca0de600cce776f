import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSchema } from "../../src/catalog/read.ts";
import { openSession } from "../../src/database/session.ts";
import { makePlace, type Place } from "../support/place.ts";
import { withSession } from "./schema-of.ts";

describe("the catalog reader on a server", () => {
  let place: Place;
  beforeEach(async () => {
    place = await makePlace("server");
  });
  afterEach(() => place.dispose());

  it("reads kinds that most databases do not have, but no members of extensions", async () => {
    await withSession(place, "auth", async (session) => {
      await session.run(`CREATE TYPE span AS RANGE (subtype = integer);
        CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer);
        CREATE TABLE t (a integer, b integer);
        CREATE STATISTICS t_ab ON a, b FROM t;
        CREATE COLLATION german (LOCALE = 'C');
        CREATE TEXT SEARCH CONFIGURATION plain (PARSER = "default");
        CREATE FOREIGN DATA WRAPPER wrapper;
        CREATE SERVER elsewhere FOREIGN DATA WRAPPER wrapper;
        CREATE FOREIGN TABLE far (a integer) SERVER elsewhere;
        CREATE PUBLICATION news FOR TABLE t;
        ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC`);
      const { uncovered, objects } = await readSchema(session);
      expect(uncovered).toEqual([]);
      expect([...objects.keys()]).toEqual([
        "schema public",
        "extension plpgsql",
        "type public.span",
        "table public.far",
        "table public.t",
        "column public.far.a",
        "column public.t.a",
        "column public.t.b",
        "collation public.german",
        "foreign-data wrapper wrapper",
        "server elsewhere",
        "statistics object public.t.t_ab",
        "aggregate public.total(integer)",
        "text search configuration public.plain",
        "publication news",
        "publication table news.public.t",
        "default privileges tables",
      ]);
      expect(objects.get("publication table news.public.t")?.needs).toEqual([
        "publication news",
        "table public.t",
      ]);
      expect(objects.get("table public.far")?.needs).toEqual(["schema public", "server elsewhere"]);
    });
  });

  it("never reads passwords, and says which options of user mappings it may not read", async () => {
    const role = `sdb_mapped_${process.pid}`;
    await withSession(place, "auth", async (session) => {
      await session.run(`CREATE FOREIGN DATA WRAPPER wrapper;
        CREATE SERVER elsewhere FOREIGN DATA WRAPPER wrapper OPTIONS (host 'far', password 'canary-1', url 'postgres://a:canary-2@far/db');
        CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (user 'reader', password 'canary-3', oddly_named 'canary-4');
        CREATE FOREIGN TABLE far (a integer) SERVER elsewhere OPTIONS (api_key 'canary-5')`);
      const { objects, uncovered } = await readSchema(session);
      expect(JSON.stringify([...objects])).not.toContain("canary");
      expect(objects.get("server elsewhere")?.attributes["options"]).toBe(
        "host 'far', password (hidden), url (hidden)",
      );
      expect(objects.get("user mapping elsewhere.PUBLIC")?.attributes["options"]).toBe(
        "oddly_named (hidden), password (hidden), user 'reader'",
      );
      expect(uncovered).toEqual([]);
      await session.run(`CREATE ROLE ${role}; SET ROLE ${role}`);
      const seen = await readSchema(session);
      await session.run(`RESET ROLE; DROP ROLE ${role}`);
      expect(seen.uncovered).toEqual([{ what: "options of user mapping", name: "elsewhere.PUBLIC" }]);
    });
  });

  it("leaves out the ledger, temporary objects and what comes from parents", async () => {
    await withSession(place, "auth", async (session) => {
      await session.run(`CREATE SCHEMA socrates_db; CREATE TABLE socrates_db.history (id integer PRIMARY KEY);
        CREATE TEMP TABLE draft (id integer PRIMARY KEY);
        CREATE TABLE log (at date PRIMARY KEY, note text CHECK (note <> '')) PARTITION BY RANGE (at);
        CREATE INDEX log_note ON log (note);
        CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER log_stamp AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION stamp();
        CREATE TABLE reader (at date REFERENCES log);
        CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')`);
      const { objects } = await readSchema(session);
      expect([...objects.keys()].filter((key) => !/^(schema|extension) /.test(key))).toEqual([
        "table public.log",
        "table public.log_1",
        "table public.reader",
        "column public.log.at",
        "column public.log.note",
        "column public.reader.at",
        "constraint public.log.log_note_check",
        "constraint public.log.log_pkey",
        "constraint public.reader.reader_at_fkey",
        "index public.log.log_note",
        "function public.stamp()",
        "trigger public.log.log_stamp",
      ]);
      expect(objects.get("table public.log_1")?.needs).toEqual(["schema public", "table public.log"]);
    });
  });

  it("reads the options of a column without the server's mark", async () => {
    await withSession(place, "auth", async (session) => {
      await session.run(
        "CREATE TABLE t (a integer, b integer); ALTER TABLE t ALTER a SET (n_distinct = 7, n_distinct_inherited = 5)",
      );
      const { objects } = await readSchema(session);
      expect(objects.get("column public.t.a")?.attributes["options"]).toBe(
        "n_distinct=7, n_distinct_inherited=5",
      );
      expect(objects.get("column public.t.b")?.attributes["options"]).toBeNull();
    });
  });

  it("distinguishes names that look the same without quotes", async () => {
    await withSession(place, "auth", async (session) => {
      await session.run(
        `CREATE SCHEMA "a.b"; CREATE SCHEMA a; CREATE TABLE "a.b".c ("d""e" integer); CREATE TABLE a."b.c" ("d" integer)`,
      );
      const { objects } = await readSchema(session);
      expect([...objects.keys()].filter((key) => key.startsWith("column "))).toEqual([
        'column "a.b".c."d""e"',
        'column a."b.c".d',
      ]);
    });
  });

  it("reads privileges on request, without the default ones", async () => {
    await withSession(place, "auth", async (session) => {
      await session.run(`CREATE TABLE t (a integer, b integer); CREATE TABLE untouched (a integer);
        CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
        GRANT SELECT, UPDATE ON t TO pg_monitor WITH GRANT OPTION; GRANT SELECT ON t TO PUBLIC; GRANT UPDATE (a) ON t TO pg_monitor;
        GRANT SELECT ON untouched TO PUBLIC; REVOKE SELECT ON untouched FROM PUBLIC; REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC`);
      const { objects } = await readSchema(session, { privileges: true });
      const privileges = [...objects].flatMap(([key, { attributes }]) =>
        "privileges" in attributes ? [[key, attributes["privileges"]]] : [],
      );
      expect(Object.fromEntries(privileges)).toEqual({
        "schema public": null,
        "table public.t": "PUBLIC: SELECT; pg_monitor: SELECT*, UPDATE*",
        "table public.untouched": null,
        "column public.t.a": "pg_monitor: UPDATE",
        "column public.t.b": null,
        "column public.untouched.a": null,
        "function public.f()": null,
      });
      await session.run("GRANT EXECUTE ON FUNCTION f() TO PUBLIC; REVOKE INSERT ON t FROM CURRENT_USER");
      const later = await readSchema(session, { privileges: true });
      expect(later.objects.get("function public.f()")?.attributes["privileges"]).toBe("PUBLIC: EXECUTE");
      expect(later.objects.get("table public.t")?.attributes["privileges"]).not.toContain("INSERT");
      const without = await readSchema(session);
      expect(without.objects.get("table public.t")?.attributes).not.toHaveProperty("privileges");
    });
  });

  it("names the catalog that a user may not read", async () => {
    const role = `sdb_reader_${process.pid}`;
    const target = place.targets["auth"];
    if (target?.kind !== "server") throw new Error("no server");
    await place.query(
      "auth",
      `CREATE ROLE ${role} LOGIN PASSWORD 'canary'; REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC`,
    );
    const session = await openSession({
      key: "auth",
      name: "socrates_auth",
      target: { ...target, user: role },
      applicationName: "test",
    });
    try {
      await expect(readSchema(session)).rejects.toMatchObject({
        code: "privilege-missing",
        message: expect.stringMatching(/ cannot be read: permission denied for table pg_policy$/),
        hint: "Grant SELECT on it to this user, or connect as another user.",
      });
      expect(await session.read("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    } finally {
      await session.close();
      await place.query("auth", `DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});
