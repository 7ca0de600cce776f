import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { runScript } from "./run.ts";

const databases = [{ key: "shop", name: "shop", urlVariable: "DATABASE_URL_SHOP" }];

/** A base type and what needs it: this program writes no SQL for them. */
const unwritten = `CREATE TYPE public.code;
CREATE FUNCTION public.code_in(cstring) RETURNS public.code LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION public.code_out(public.code) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE public.code (INPUT = public.code_in, OUTPUT = public.code_out, LIKE = integer);
CREATE TABLE public.coded (id integer PRIMARY KEY, code public.code);`;
const jars = "CREATE TABLE public.jars (id integer PRIMARY KEY, label varchar(20) NOT NULL);";
const changedJars = jars.replace("(20)", "(40)");
const onJars = "CREATE VIEW public.odd AS SELECT label, NULL::public.code AS code FROM public.jars;";
const throughAnother = `CREATE VIEW public.labels AS SELECT label FROM public.jars;
CREATE VIEW public.odd AS SELECT label, NULL::public.code AS code FROM public.labels;`;

let place: Place;
afterEach(() => place.dispose());

async function scriptFor(engine: "server" | "embedded", is: string, wanted: string) {
  place = await makePlace(engine, { databases });
  await place.query("shop", is);
  mkdirSync(path.join(place.folder, "shop"));
  mkdirSync(path.join(place.folder, "wanted", "shop"), { recursive: true });
  writeFileSync(path.join(place.folder, "wanted", "shop", "schema.sql"), wanted);
  writeFileSync(
    path.join(place.folder, "socrates-db.config.json"),
    JSON.stringify({ databases: { shop: { migrations: "shop" } } }),
  );
  return place.run(["diff", "--from", "./wanted", "--to", "live", "--format", "sql"]);
}

describe.each(["server", "embedded"] as const)("objects without SQL, on the %s engine", (engine) => {
  it("are left out of the proof where nothing that they rest on changes", async () => {
    const { exitCode, stdout } = await scriptFor(
      engine,
      `${unwritten} ${jars} COMMENT ON SCHEMA public IS 'old'`,
      `${unwritten} ${changedJars} COMMENT ON SCHEMA public IS 'new'`,
    );
    expect(exitCode).toBe(1);
    expect(stdout.replace(/\n-- {2,}/g, " ")).toMatch(
      /: type public\.code, table public\.coded, function public\.code_in\(cstring\), function public\.code_out\(public\.code\)\.$/m,
    );
    expect(await runScript(place, "shop", stdout)).toBeUndefined();
    expect(await place.run(["diff", "--from", "./wanted", "--to", "live"])).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ["a table that one of them reads", onJars, onJars],
    ["a table that one of them reads through others", throughAnother, throughAnother],
    ["one of them", "", "ALTER TABLE public.coded ADD place text;"],
    ["the comment of one of them", "", "COMMENT ON TYPE public.code IS 'Letters';"],
  ])("make a change not provable that concerns %s", async (_, old, next) => {
    const { exitCode, stdout, stderr } = await scriptFor(
      engine,
      `${unwritten} ${jars} ${old}`,
      `${unwritten} ${changedJars} ${next}`,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("type public.code of the present side cannot be written as SQL");
  });
});
