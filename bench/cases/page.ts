import { mkdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { noChromium, openHtml, startChromium } from "../../test/page/support/chromium.ts";
import { measureFigures } from "../../test/page/support/figures.ts";
import { writeLargeProject } from "../../test/page/support/large-project.ts";
import { atLeast, atMost, type BenchCase, type BenchContext, type Table } from "../case.ts";
import { measure } from "../measure.ts";
import { tool } from "../tool.ts";

const texts = ["a", "e", "area_3", "created", "idx_99", "title", "table_777", "no such name"];

async function own({ folder }: BenchContext): Promise<Table> {
  const sample = await measure([
    tool(["report", "--format", "html", "--builtin", "--quiet"], { cwd: folder }),
  ]);
  const { size } = statSync(path.join(folder, "schema.html"));
  return {
    title: "The page of the 25 tables of this application",
    samples: [{ name: "socrates-db report", sample }],
    aims: [atMost("size, kB", size / 1000, 500)],
    notes: [],
  };
}

async function large({ folder, say }: BenchContext, tables: number): Promise<Table> {
  const project = path.join(folder, "large");
  mkdirSync(project);
  writeLargeProject(project, tables);
  const report = tool(["report", "--format", "html", "--quiet"], { cwd: project });
  // The first run also fills the cache of schemas.
  await measure([report]);
  const sample = await measure([report]);
  const html = readFileSync(path.join(project, "schema.html"), "utf8");
  const base: Table = {
    title: `The page of ${tables.toLocaleString("en")} tables, in headless Chromium`,
    samples: [{ name: "socrates-db report", sample }],
    aims: [],
    notes: [`size: ${(html.length / 1e6).toFixed(1)} MB`],
  };
  if (noChromium !== undefined) return { ...base, notes: [...base.notes, `the browser was ${noChromium}`] };
  say("page: the browser");
  const browser = await startChromium();
  try {
    const { page } = await openHtml(browser, html, project);
    const { searches, pans } = await measureFigures(page, texts, "north.area_2_table_50");
    return {
      ...base,
      aims: [
        atMost("slowest search, ms", Math.max(...searches.map(({ milliseconds }) => milliseconds)), 50),
        atLeast("slowest pan, frames/s", Math.min(...pans.map((one) => one.framesPerSecond)), 30),
      ],
      counts: {
        head: ["", "measured"],
        rows: [
          ...searches.map(({ text, milliseconds }) => [
            `search for "${text}"`,
            `${milliseconds.toFixed(1)} ms`,
          ]),
          ...pans.map(({ scale, framesPerSecond }) => [
            `pan at ${scale}`,
            `${framesPerSecond.toFixed(0)} frames/s`,
          ]),
        ],
      },
    };
  } finally {
    await browser.close();
  }
}

/** The page that `report` writes. */
export const page: BenchCase = {
  name: "page",
  run: async (context) => {
    context.say("page: 25 tables");
    const tables = [await own(context)];
    context.say("page: 1,000 tables");
    tables.push(await large(context, 1_000));
    return tables;
  },
};
