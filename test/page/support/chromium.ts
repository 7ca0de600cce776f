import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Where distributions install it; a variable names another one. */
const places = [
  process.env["SOCRATES_DB_TEST_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

const executablePath = places.find((place) => place !== undefined && existsSync(place));

/** Why tests in a browser cannot run; undefined if they can. */
export const noChromium =
  executablePath === undefined
    ? "not run: no Chromium (apt-get install chromium, or set SOCRATES_DB_TEST_CHROMIUM)"
    : undefined;

/** Starts headless Chromium without network traffic from the browser itself. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** An opened page, and what it did that no page of this program should. */
export interface Opened {
  readonly page: Page;
  /** Errors, messages on the console, dialogs and requests for anything but the page itself. */
  readonly incidents: readonly string[];
}

/** Writes HTML to a file and opens it. @param hash with `#` */
export async function openHtml(
  browser: Browser,
  html: string,
  folder: string,
  { hash = "", ...options }: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<Opened> {
  const file = path.join(folder, "page.html");
  writeFileSync(file, html);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const incidents: string[] = [];
  const url = pathToFileURL(file).href;
  page.on("pageerror", ({ message }) => incidents.push(message));
  page.on("console", (message) => incidents.push(message.text()));
  page.on("dialog", async (dialog) => {
    incidents.push(`dialog ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== url) incidents.push(request.url());
  });
  await page.goto(url + hash);
  return { page, incidents };
}
