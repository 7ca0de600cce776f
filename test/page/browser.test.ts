import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { noChromium, type Opened, openHtml, startChromium } from "./support/chromium.ts";
import { hostileNames, hostileSql } from "./support/hostile.ts";
import { writeLargeProject } from "./support/large-project.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let place: Place;
let browser: Browser;
let plain = "";
let drifted = "";

async function reportOf(...args: readonly string[]): Promise<string> {
  const { stdout } = await place.run(["report", "--format", "html", "--out", "-", "--quiet", ...args]);
  return stdout;
}

beforeAll(async () => {
  if (noChromium !== undefined) return;
  place = await makePlace("embedded", { migrated: true });
  plain = await reportOf();
  await place.query("specs", "DROP INDEX idx_projects_user_id; DROP TABLE conflicts");
  await place.query("auth", hostileSql);
  drifted = await reportOf();
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await place?.dispose();
});

/** A test that says that it was not run without Chromium. */
const inBrowser = (name: string, work: () => Promise<void>) =>
  it(name, async ({ skip }) => {
    skip(noChromium !== undefined, noChromium);
    await work();
  });

const opened: Opened[] = [];

async function open(html: string, options: Parameters<typeof openHtml>[3] = {}): Promise<Page> {
  const one = await openHtml(browser, html, place.folder, options);
  opened.push(one);
  return one.page;
}

// Whatever a test does, no page loads anything, reports an error or runs what is not its own.
afterEach(async () => {
  for (const { page, incidents } of opened.splice(0)) {
    await page.context().close();
    expect(incidents).toEqual([]);
  }
});

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute("href") ?? document.activeElement?.id ?? "");
const heading = (page: Page) => page.locator(".view.current h2").textContent();
const transform = (page: Page) => page.locator("#map").evaluate((map) => (map as SVGElement).style.transform);
/** Waits until an animation has ended. */
async function still(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector("#map.moving") === null);
}

describe("routes", () => {
  inBrowser("a table opens next to the diagram; back and forward return", async () => {
    const page = await open(plain);
    await page.locator('#tables a[href="#specs.projects"]').click();
    expect(await heading(page)).toBe("projects");
    expect(await page.locator("#diagram").isVisible()).toBe(true);
    await page.locator('.current a[href="#auth.users"]').first().click();
    expect(await heading(page)).toBe("users");
    expect(await page.title()).toBe("users - socrates_auth, socrates_specs");
    await page.goBack();
    expect(await heading(page)).toBe("projects");
    expect(await page.locator('#tables a[aria-current="page"]').textContent()).toBe("projects");
    await page.goForward();
    expect(await heading(page)).toBe("users");
    await page.goto(`${page.url().split("#")[0]}#overview`);
    expect(await page.locator("#overview").isVisible()).toBe(true);
    expect(await page.locator(".view.current").count()).toBe(0);
  });

  inBrowser("an address with a table opens it at once, and on a small screen alone", async () => {
    const page = await open(plain, { hash: "#specs.projects", viewport: { width: 360, height: 740 } });
    expect(await heading(page)).toBe("projects");
    expect(await page.locator("#diagram").isVisible()).toBe(false);
    await page.getByRole("link", { name: "Show in diagram" }).first().click();
    expect(await page.locator("#diagram").isVisible()).toBe(true);
    expect(await page.locator("#map a.selected .name").textContent()).toBe("projects");
  });

  inBrowser("no width scrolls the page to the side", async () => {
    for (const width of [360, 768, 1440])
      for (const hash of ["#diagram", "#overview", "#specs.projects"]) {
        const page = await open(drifted, { hash, viewport: { width, height: 900 } });
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect({ width, hash, wider: Math.max(0, wider) }).toEqual({ width, hash, wider: 0 });
      }
  });
});

describe("the diagram", () => {
  inBrowser("pans by pointer and zooms by wheel, buttons and pinch", async () => {
    const page = await open(plain);
    const box = await page.locator("#stage").boundingBox();
    const at = { x: (box?.x ?? 0) + 30, y: (box?.y ?? 0) + 30 };
    const start = await transform(page);
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 120, at.y + 60, { steps: 4 });
    await page.mouse.up();
    const panned = await transform(page);
    expect(panned).not.toBe(start);
    expect(panned.split("scale")[1]).toBe(start.split("scale")[1]);
    const scale = async () => Number((await page.locator("#zoom").textContent())?.replace(" %", ""));
    const first = await scale();
    await page.mouse.wheel(0, -300);
    await expect.poll(scale).toBeGreaterThan(first);
    const wheeled = await scale();
    await page.getByRole("button", { name: "Zoom out" }).click();
    expect(await scale()).toBeLessThan(wheeled);
    const before = await scale();
    await page.locator("#stage").evaluate((stage) => {
      const send = (type: string, pointerId: number, clientX: number) =>
        stage.dispatchEvent(
          new PointerEvent(type, { pointerId, clientX, clientY: 400, pointerType: "touch", bubbles: true }),
        );
      // A synthetic pointer cannot be captured.
      stage.setPointerCapture = () => {};
      send("pointerdown", 11, 700);
      send("pointerdown", 12, 800);
      for (let i = 1; i <= 10; i++) {
        send("pointermove", 11, 700 - 10 * i);
        send("pointermove", 12, 800 + 10 * i);
      }
      send("pointerup", 11, 600);
      send("pointerup", 12, 900);
    });
    expect(await scale()).toBeGreaterThan(before * 1.8);
  });

  inBrowser("a pan that ends on a table does not open it, a click does", async () => {
    const page = await open(plain);
    const table = page.locator('#map a[href="#specs.sessions"]');
    const box = await table.boundingBox();
    const at = { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 10 };
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 60, at.y, { steps: 5 });
    await page.mouse.up();
    expect(page.url()).not.toContain("sessions");
    await table.click();
    expect(await heading(page)).toBe("sessions");
  });

  inBrowser("a table is shown with its neighbours, all others are dimmed", async () => {
    const page = await open(plain, { hash: "#auth.teams" });
    const near = await page.locator("#map a.near-table .name").allTextContents();
    expect(near.sort()).toEqual(["project_shares", "team_invitations", "team_members", "teams", "users"]);
    expect(await page.locator("#map .near-line").count()).toBe(4);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("#map a.near-table").count()).toBe(0);
  });

  inBrowser(
    "phases show the schema grow: tables, columns and references of later ones are hidden",
    async () => {
      const page = await open(plain);
      const tables = () => page.locator("#map a.table:not(.off)").count();
      const seen: Record<number, number> = {};
      for (const phase of [6, 5, 4, 3, 2, 1, 0]) {
        seen[phase] = await tables();
        await page.getByRole("button", { name: "Previous phase" }).click();
      }
      expect(seen).toEqual({ 0: 8, 1: 13, 2: 14, 3: 16, 4: 18, 5: 21, 6: 25 });
      expect(await page.locator("#phase-text").textContent()).toBe("8 tables, 8 new");
      expect(await page.locator("#phase").getAttribute("aria-valuetext")).toBe("phase 0: 8 tables, 8 new");
      expect(await page.locator("#map .ref:not(.off)").count()).toBe(9);
      await page.locator("#phase").fill("5");
      expect(await page.locator(".pill.added.now text").allTextContents()).toContain("new table");
    },
  );

  inBrowser("overlays say in words what differs and how the indexes are", async () => {
    const page = await open(drifted);
    const shown = async (table: string, overlay: string) =>
      page.locator(`#map a[href="#${table}"] .pill.${overlay} text`).textContent();
    await page.getByRole("radio", { name: "Drift" }).check();
    await expect.poll(() => page.locator("#map .pill.drift").first().isVisible()).toBe(true);
    expect(await shown("specs.conflicts", "drift")).toBe("− missing");
    expect(await shown("specs.projects", "drift")).toBe("~ changed");
    await page.getByRole("radio", { name: "Indexes" }).check();
    expect(await page.locator("#map .pill.drift").first().isVisible()).toBe(false);
    expect(await shown("specs.projects", "indexes")).toBe("! 1 of 4 wrong");
    expect(await shown("specs.sessions", "indexes")).toBe("✓ 2 of 2");
  });
});

describe("search", () => {
  inBrowser("finds tables, columns and indexes, and opens the place of each", async () => {
    const page = await open(plain);
    await page.keyboard.press("/");
    expect(await focused(page)).toBe("search");
    await page.keyboard.type("sessions");
    const results = page.locator("#results .result");
    expect(await results.first().textContent()).toBe("tablesessionsspecs");
    await page.keyboard.press("Escape");
    await page.locator("#search").fill("user");
    expect((await results.allTextContents()).slice(0, 4)).toEqual([
      "tableusersauth",
      "tableuser_rulesauth",
      "tableuser_behavior_patternsspecs",
      "columnuser_idauth.api_keys",
    ]);
    await page.locator("#search").fill("idx_projects_user");
    expect(await results.allTextContents()).toEqual(["indexidx_projects_user_idspecs.projects"]);
    await page.keyboard.press("Enter");
    await expect.poll(() => heading(page)).toBe("projects");
    await expect.poll(() => page.locator("tr.hit th .name").textContent()).toBe("idx_projects_user_id");
    await page.locator("#search").fill("maturity_score");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    expect(await page.locator("#search").getAttribute("aria-activedescendant")).toBe("result-0");
    await page.locator("#search").fill("no such thing");
    expect(await page.locator("#search-status").textContent()).toBe("nothing found");
  });
});

describe("160 tables", () => {
  inBrowser("are all drawn, in parts, and each is found and opened", async () => {
    const project = path.join(place.folder, "large");
    mkdirSync(project);
    writeLargeProject(project, 160);
    const { exitCode, stdout } = await place.run(["report", "--format", "html", "--out", "-", "--quiet"], {
      cwd: project,
    });
    expect(exitCode).toBe(0);
    const page = await open(stdout);
    expect(await page.locator("#map a.table").count()).toBe(160);
    await page.locator("#search").fill("area_6_table_159");
    await page.keyboard.press("Enter");
    await expect.poll(() => heading(page)).toBe("area_6_table_159");
    await still(page);
    const selected = await page.locator("#map a.selected .box").boundingBox();
    const stage = await page.locator("#stage").boundingBox();
    // It is in view, at a scale at which it can be read.
    expect(selected?.width).toBeGreaterThan(50);
    expect(selected?.x).toBeGreaterThan(stage?.x ?? 0);
    expect((selected?.x ?? 0) + (selected?.width ?? 0)).toBeLessThan((stage?.x ?? 0) + (stage?.width ?? 0));
    await page.locator("#search").fill("idx_100_state");
    expect(await page.locator("#results .result").allTextContents()).toEqual([
      "indexidx_100_statesouth.area_4_table_100",
    ]);
  });
});

describe("names that are markup", () => {
  inBrowser("are shown as text, and nothing of them runs", async () => {
    const page = await open(drifted, { hash: "#overview" });
    const names = await page.locator("#tables bdi").allTextContents();
    expect(names).toEqual(
      expect.arrayContaining([
        ...hostileNames.filter((name) => !/[\u2028\u202e]/.test(name)),
        "right\\202Eto left",
        "line\\2028separator",
      ]),
    );
    await page.locator("#search").fill("</script>");
    expect(await page.locator("#results .result").count()).toBeGreaterThan(2);
    await page.keyboard.press("Enter");
    await expect.poll(() => heading(page)).toBe("</script><script>alert(2)</script>");
    await still(page);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(3);
  });
});

describe("keyboard and screen reader", () => {
  inBrowser("the page can be used with the keyboard alone", async () => {
    const page = await open(plain);
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("#main");
    const stops: string[] = [];
    for (let i = 0; i < 60 && !stops.includes("phase-less"); i++) {
      await page.keyboard.press("Tab");
      stops.push(await focused(page));
    }
    expect(stops.slice(0, 5)).toEqual(["#diagram", "#overview", "search", "theme", "#auth.api_keys"]);
    // The diagram is one stop, and arrows go from table to table.
    const inMap = await page.locator("#map a.table").count();
    expect(stops.length).toBe(4 + inMap + 1 + 1);
    await page.keyboard.press("Shift+Tab");
    const first = await focused(page);
    await page.keyboard.press("ArrowRight");
    const second = await focused(page);
    expect(second).not.toBe(first);
    expect(await page.locator("#map a:focus-visible").count()).toBe(1);
    const before = await transform(page);
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("+");
    expect(await transform(page)).not.toBe(before);
    await page.keyboard.press("Enter");
    await expect.poll(() => page.url()).toContain(second);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H2");
    await page.keyboard.press("Escape");
    await expect.poll(() => focused(page)).toBe(second);
  });

  inBrowser("a small screen opens and closes its list of tables by keyboard", async () => {
    const page = await open(plain, { viewport: { width: 360, height: 740 } });
    const menu = page.getByRole("button", { name: "Tables" });
    await menu.focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("#tables").isVisible()).toBe(true);
    expect(await menu.getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("Escape");
    expect(await page.locator("#tables").isVisible()).toBe(false);
    expect(await focused(page)).toBe("menu");
  });

  for (const colorScheme of ["light", "dark"] as const)
    inBrowser(`axe finds no violation in ${colorScheme}`, async () => {
      for (const hash of ["#diagram", "#overview", "#specs.projects"])
        for (const width of [360, 1440]) {
          const page = await open(drifted, { hash, colorScheme, viewport: { width, height: 900 } });
          await page.locator("input[value=indexes]").evaluate((input) => (input as HTMLElement).click());
          await still(page);
          await page.evaluate(axe);
          const violations: unknown = await page.evaluate(
            `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes[0].html))`,
          );
          expect({ hash, width, violations }).toEqual({ hash, width, violations: [] });
        }
    });

  inBrowser("the theme can be chosen, and is kept", async () => {
    const page = await open(plain, { colorScheme: "light" });
    const background = () =>
      page.evaluate(() => getComputedStyle(document.body.parentElement ?? document.body).backgroundColor);
    const light = await background();
    const theme = page.getByRole("button", { name: "Theme" });
    await theme.click();
    expect(await background()).toBe(light);
    await theme.click();
    expect(await theme.textContent()).toBe("Theme: dark");
    expect(await background()).not.toBe(light);
    // A browser may write it to its disk later than a reload reads it, so that both are tested separately.
    expect(await page.evaluate(() => localStorage.getItem("socrates-db-theme"))).toBe("dark");
    await page.addInitScript(() => localStorage.setItem("socrates-db-theme", "light"));
    await page.reload();
    expect(await theme.textContent()).toBe("Theme: light");
  });
});

describe("without the script, and on paper", () => {
  inBrowser("the page shows the diagram and all tables below each other", async () => {
    const page = await open(plain, { javaScriptEnabled: false });
    expect(await page.locator("#map").isVisible()).toBe(true);
    for (const table of await page.locator("[data-table]").all()) expect(await table.isVisible()).toBe(true);
    expect(await page.locator("#search").isVisible()).toBe(false);
  });

  inBrowser("a print has the diagram on a page in landscape, and all tables", async () => {
    const page = await open(plain, { hash: "#specs.projects" });
    await still(page);
    await page.emulateMedia({ media: "print" });
    for (const id of ["diagram", "overview", "auth.users", "specs.projects"])
      expect(await page.locator(`[id="${id}"]`).isVisible()).toBe(true);
    expect(await page.locator("#tables").isVisible()).toBe(false);
    const pdf = await page.pdf({ path: path.join(place.folder, "page.pdf"), preferCSSPageSize: true });
    const sizes = [...pdf.toString("latin1").matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(
      ([, width, height]) => (Number(width) > Number(height) ? "landscape" : "portrait"),
    );
    expect(sizes.filter((shape) => shape === "landscape")).toHaveLength(1);
    expect(sizes.length).toBeGreaterThan(10);
  });
});
