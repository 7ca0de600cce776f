import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { printedBlocks } from "../../src/document/printed-blocks.ts";
import type { CliResult } from "../support/cli.ts";
import { makePlace, type Place } from "../support/place.ts";
import { trace } from "./trace.ts";

const root = path.resolve(import.meta.dirname, "../..");
const names = path.join(root, "test/fixtures/diagrams/names.sql");

let place: Place;
beforeAll(async () => {
  place = await makePlace("embedded", { migrated: true });
});
afterAll(() => place.dispose());

const diagram = (...args: readonly string[]): Promise<CliResult> =>
  place.run(["diagram", "--quiet", ...args], { env: { COLUMNS: "" } });

async function printed(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await diagram(...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

describe("documents show the program's output", () => {
  it.each(["README.md", "docs/schema.md"])("%s (npm run docs writes it)", async (file) => {
    const blocks = printedBlocks(readFileSync(path.join(root, file), "utf8"));
    expect(blocks.length).toBeGreaterThan(0);
    for (const { args, output } of blocks) expect(await printed(...args.slice(1))).toBe(output);
  });
});

it("without a terminal the width is not limited: the tables are in layers, however wide they are", async () => {
  const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));
  expect(widest(await printed("--columns", "all"))).toBeGreaterThan(120);
  expect(widest(await printed("--columns", "all", "--width", "120"))).toBeLessThanOrEqual(120);
});

describe("the legend", () => {
  const file = () => path.join(place.folder, "small.sql");
  const sql =
    "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, x int REFERENCES a, y int UNIQUE REFERENCES a);";
  async function signs(width: number, args: readonly string[]): Promise<string[]> {
    writeFileSync(file(), sql);
    const words = ["--source", file(), "--database", "auth", "--width", String(width), ...args];
    return (await printed(...words)).trimEnd().split("\n\n").at(-1)?.split("\n") ?? [];
  }

  it.each([
    ["unicode", "none", 3],
    ["ascii", "none", 3],
    ["unicode", "all", 4],
    ["ascii", "keys", 3],
  ])(
    "is on one line where that has room, and breaks between two signs: %s, %s",
    async (style, columns, count) => {
      const args = ["--style", style, "--columns", columns];
      const [whole = "", ...more] = await signs(200, args);
      expect(more).toEqual([]);
      expect(whole.split("   ")).toHaveLength(count);
      expect(await signs(whole.length, args)).toEqual([whole]);
      const broken = await signs(whole.length - 1, args);
      expect(broken).toHaveLength(2);
      expect(broken.join("   ")).toBe(whole);
    },
  );
});

describe("sources", () => {
  it("live, migrations and the document give the same picture", async () => {
    const documented = (await printed()).replaceAll(", phase 6", "");
    expect((await printed("--source", "migrations")).replaceAll(", phase 6", "")).toBe(documented);
    expect((await printed("--source", "live")).replaceAll(", live", "")).toBe(documented);
  });
  it("a neighbourhood includes the other database, and stops after --depth references", async () => {
    const boxes = async (...args: readonly string[]) =>
      trace(
        (await printed("--width", "200", ...args))
          .split("\n")
          .filter((line) => !/^(socrates|──|o )/.test(line)),
      )
        .boxes.map(({ title }) => title)
        .sort();
    expect(await boxes("--table", "generated_files", "--database", "specs")).toEqual([
      "generated_files",
      "generated_projects",
    ]);
    expect(await boxes("--table", "generated_files", "--depth", "0")).toEqual(["generated_files"]);
    const output = await printed("--table", "project_shares");
    expect(output).toContain("socrates_auth, phase 6");
    expect(output).toContain("│ teams ");
    expect(output).not.toContain("conflicts");
  });
  it("draws a logical reference inside a database", async () => {
    const output = await printed("--table", "generated_files", "--columns", "all");
    expect(output).toContain("spec_ids");
  });
});

describe("--diff", () => {
  it("marks what is added, missing and changed", async () => {
    await place.query(
      "auth",
      `DROP TABLE api_keys;
       CREATE TABLE visitors (id uuid PRIMARY KEY, user_id uuid REFERENCES users);
       ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_user_fk;
       ALTER TABLE teams ALTER name TYPE text;`,
    );
    const whole = await printed("--diff", "--database", "auth", "--columns", "keys", "--width", "100");
    // The path of the document varies.
    const output = whole.replace(/ against .*docs\/schema.md/, " against docs/schema.md");
    await expect(output).toMatchFileSnapshot(path.join(root, "test/fixtures/diagrams/drift.txt"));
    for (const line of ["│ + visitors", "│ - api_keys", "│ ~ teams", "│ ~ audit_logs"])
      expect(output).toContain(line);
    expect(trace(output.split("\n").slice(1, -3)).references).toHaveLength(11);
    expect(await printed("--diff", "--database", "specs")).not.toMatch(/[-+~]<|│ [-+~] /);
  });
});

describe("styles for other programs", () => {
  it.each([
    ["--columns", "all"],
    ["--source", names, "--database", "auth", "--columns", "all"],
  ])("Graphviz draws dot: %s %s", async (...args) => {
    const graphviz = await Graphviz.load();
    const svg = graphviz.dot(await printed("--style", "dot", ...args));
    expect(svg).toContain("</svg>");
  });
  it("mermaid and svg", async () => {
    const fixtures = path.join(root, "test/fixtures/diagrams");
    for (const style of ["mermaid", "svg", "dot"])
      await expect(
        (
          await printed("--style", style, "--source", names, "--database", "auth", "--columns", "all")
        ).replaceAll(names, "names.sql"),
      ).toMatchFileSnapshot(path.join(fixtures, `names.${style}`));
  });
});

describe("bad input", () => {
  const cases: readonly (readonly string[])[] = [
    ["--phase", "7"],
    ["--phase", "one"],
    ["--table", "user"],
    ["--table", "nothing_like_it"],
    ["--depth", "2"],
    ["--style", "asci"],
    ["--columns", "key"],
    ["--width", "wide"],
    ["--width", "0"],
    ["--width", "20", "--phase", "0"],
    ["--source", "documnet"],
    ["--source", "live", "--diff"],
    ["--source", "live", "--phase", "3"],
    ["--document", "none.md"],
  ];
  it.each(cases.map((args) => ({ args, name: args.join(" ") })))("$name", async ({ args }) => {
    const { exitCode, stdout, stderr } = await diagram(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatchSnapshot();
  });
});
