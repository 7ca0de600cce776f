import type { Page } from "playwright-core";

/** What a user feels of a page. */
export interface Figures {
  /** From the input to the listed results, in milliseconds, for each text. */
  readonly searches: readonly { readonly text: string; readonly milliseconds: number }[];
  /** Frames per second of a pan by the pointer, at each scale. */
  readonly pans: readonly { readonly scale: string; readonly framesPerSecond: number }[];
}

/** Runs in the page, which is why it is a text: tests and the bench have no types of browsers. */
const searchScript = (text: string) => `(() => {
  const input = document.getElementById("search");
  input.value = ${JSON.stringify(text)};
  const start = performance.now();
  input.dispatchEvent(new Event("input"));
  document.getElementById("results").getBoundingClientRect();
  const end = performance.now();
  input.value = "";
  input.dispatchEvent(new Event("input"));
  return end - start;
})()`;

const framesScript = `new Promise((resolve) => {
  const times = [];
  const frame = (time) => {
    times.push(time);
    if (time - times[0] < 2000) requestAnimationFrame(frame);
    else resolve((1000 * (times.length - 1)) / (time - times[0]));
  };
  requestAnimationFrame(frame);
})`;

/** Moves the pointer with a button pressed for about as long as frames are counted. */
async function pan(page: Page): Promise<number> {
  const box = await page.locator("#stage").boundingBox();
  if (box === null) throw new Error("the diagram is not shown");
  const [x, y] = [box.x + box.width * 0.6, box.y + box.height * 0.5];
  const counted: Promise<number> = page.evaluate(framesScript);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 1; i <= 110; i++) {
    await page.mouse.move(x + 220 * Math.sin(i / 12), y + 160 * Math.cos(i / 9));
    await page.waitForTimeout(14);
  }
  await page.mouse.up();
  return counted;
}

/** Measures an opened page. @param id of the section of a table, around which it also pans */
export async function measureFigures(page: Page, texts: readonly string[], id: string): Promise<Figures> {
  // Once the page has been drawn, as a user sees it before typing.
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 300)))");
  const searches = [];
  for (const text of texts) {
    const milliseconds: number = await page.evaluate(searchScript(text));
    searches.push({ text, milliseconds });
  }
  const pans = [];
  for (const [hash, steps] of [
    ["#diagram", 0],
    [`#diagram/${id}`, 0],
    ["#diagram", 2],
  ] as const) {
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    for (let i = 0; i < steps; i++) await page.click("#zoom-in");
    await page.waitForTimeout(800);
    const framesPerSecond = await pan(page);
    pans.push({ scale: (await page.locator("#zoom").textContent()) ?? "", framesPerSecond });
  }
  return { searches, pans };
}
