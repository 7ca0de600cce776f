import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { runScript } from "./run.ts";

const databases = [
  { key: "shop", name: "shop", urlVariable: "DATABASE_URL_SHOP" },
  { key: "other", name: "other", urlVariable: "DATABASE_URL_OTHER" },
];

/** What the databases should have. */
const wanted = `CREATE TABLE public.jars (
  id integer PRIMARY KEY,
  label varchar(40) NOT NULL,
  size integer CHECK (size > 0)
);
CREATE INDEX jars_label ON public.jars (label);
CREATE VIEW public.labels AS SELECT label FROM public.jars;
COMMENT ON TABLE public.jars IS 'What holds something';`;

/** What one of them has. */
const drifted = `CREATE TABLE public.jars (id integer PRIMARY KEY, label varchar(20), weight integer);
INSERT INTO public.jars VALUES (1, 'plums', 7), (2, 'pears', 9);
CREATE VIEW public.labels AS SELECT label FROM public.jars;
CREATE TABLE public.lids (id integer);`;

let place: Place;
afterEach(() => place.dispose());

const config = JSON.stringify({
  databases: Object.fromEntries(databases.map(({ key }) => [key, { migrations: key }])),
});

async function prepare(
  engine: "server" | "embedded",
  isDrifted: readonly string[] = ["shop"],
): Promise<void> {
  place = await makePlace(engine, { databases });
  for (const { key } of databases) {
    await place.query(key, isDrifted.includes(key) ? drifted : wanted);
    mkdirSync(path.join(place.folder, key));
    mkdirSync(path.join(place.folder, "wanted", key), { recursive: true });
    writeFileSync(path.join(place.folder, "wanted", key, "schema.sql"), wanted);
  }
  writeFileSync(path.join(place.folder, "socrates-db.config.json"), config);
}

const common = ["--from", "./wanted", "--to", "live"];
const diff = (...args: string[]) => place.run(["diff", ...common, ...args]);
const sql = (...args: string[]) => diff("--format", "sql", ...args);

describe.each(["server", "embedded"] as const)("diff --format sql on the %s engine", (engine) => {
  it("prints a script after which nothing differs, and rows stay", async () => {
    await prepare(engine);
    const { exitCode, stdout, stderr } = await sql("--allow-drops");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^shop: .*proven$/m);
    expect(stderr).toMatch(/^other: .*no difference$/m);
    expect(await runScript(place, "shop", stdout)).toBeUndefined();
    expect((await diff()).exitCode).toBe(0);
    expect(await place.query("shop", "SELECT id, label FROM public.jars ORDER BY id")).toEqual([
      { id: 1, label: "plums" },
      { id: 2, label: "pears" },
    ]);
    expect(await sql()).toMatchObject({ exitCode: 0, stdout: "" });
  });

  it("leaves what holds rows alone unless drops are allowed, and says so", async () => {
    await prepare(engine);
    const { exitCode, stdout, stderr } = await sql();
    expect(exitCode).toBe(1);
    for (const left of ["table public.lids", "column public.jars.weight"]) {
      expect(stderr).toContain(`${left} is left as it is`);
      expect(stdout).toContain(`-- Left alone: ${left}`);
    }
    expect(stdout).not.toContain("DROP TABLE");
    expect(await runScript(place, "shop", stdout)).toBeUndefined();
    expect(await place.query("shop", "SELECT weight FROM public.jars ORDER BY id")).toEqual([
      { weight: 7 },
      { weight: 9 },
    ]);
  });

  it("stops before the first change if the rows do not allow it", async () => {
    await prepare(engine);
    await place.query("shop", "INSERT INTO public.jars VALUES (3, NULL, 1)");
    const { stdout, stderr } = await sql("--allow-drops");
    expect(stderr).toMatch(/public\.jars\.label must have no NULL.*\n.*To find the rows/);
    expect(await runScript(place, "shop", stdout)).toMatch(/public\.jars\.label .*offending rows: 1$/);
    expect(await place.query("shop", "SELECT count(*)::int AS lids FROM public.lids")).toEqual([{ lids: 0 }]);
  });
});

describe("diff --format sql", () => {
  it("prints the reverse with --down, which brings the wanted schema to the live one", async () => {
    await prepare("server");
    const { stdout } = await sql("--down", "--allow-drops");
    expect(await runScript(place, "other", stdout)).toBeUndefined();
    const { exitCode, stdout: report } = await place.run([
      "diff",
      "--database",
      "other",
      "--from",
      place.env["DATABASE_URL_SHOP"] ?? "",
      "--to",
      "live",
    ]);
    expect([exitCode, report.split("\n").at(-2)]).toEqual([0, "no findings"]);
  });

  it("keeps the values of a column that --rename names", async () => {
    await prepare("server");
    const { stdout } = await sql("--allow-drops", "--rename", "public.jars.weight=size");
    expect(stdout).not.toMatch(/DROP COLUMN/);
    expect(await runScript(place, "shop", stdout)).toBeUndefined();
    expect(await place.query("shop", "SELECT size FROM public.jars ORDER BY id")).toEqual([
      { size: 7 },
      { size: 9 },
    ]);
  });

  it("leaves ignored objects as they are", async () => {
    await prepare("server");
    const { stdout, stderr } = await sql(
      "--allow-drops",
      "--ignore",
      "public.lids",
      "--ignore",
      "public.jars:comment",
    );
    expect(stdout).not.toMatch(/lids|COMMENT ON TABLE/);
    expect(stderr).not.toContain("lids");
    expect(stdout).toContain("character varying(40)");
  });

  it("refuses two scripts at once, and a script's options without one", async () => {
    await prepare("embedded", ["shop", "other"]);
    expect(await sql()).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringContaining("Add --database other, then --database shop."),
    });
    for (const option of [["--allow-drops"], ["--plain"], ["--down"], ["--rename", "a.b=c"]])
      expect(await diff(...option)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(`${option[0]} is for generated scripts`),
      });
    expect(await sql("--settings")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("Leave out --settings"),
    });
  });

  it("writes its findings to a file, and is stable", async () => {
    await prepare("embedded");
    const [first, second] = [await sql("--output", "json=report.json"), await sql()];
    expect(second.stdout).toBe(first.stdout);
    const { findings } = JSON.parse(readFileSync(path.join(place.folder, "report.json"), "utf8"));
    expect(findings.map(({ code, object }: { code: string; object: string }) => `${code} ${object}`)).toEqual(
      ["condition public.jars.label", "left-alone public.jars.weight", "left-alone public.lids"],
    );
  });
});
