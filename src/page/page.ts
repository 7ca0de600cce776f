import { readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../config/package-root.ts";
import type { Workspace } from "../project/workspace.ts";
import type { PageOptions } from "./checks.ts";
import { gatherPage } from "./gather.ts";
import { type Assets, documentHtml } from "./html/document.ts";
import { layOut } from "./layout.ts";
import type { Page } from "./model.ts";

/** Reads what the build has made of `browser/`. */
function readAssets(): Assets {
  const read = (name: string) => readFileSync(path.join(packageRoot(), "dist", "page", name), "utf8");
  return { script: read("page.js"), style: read("page-style.css") };
}

/** Writes content as one self-contained HTML page. */
export async function renderPage(page: Page): Promise<string> {
  return documentHtml(page, await layOut(page), readAssets());
}

/** The page, and its content. */
export interface WrittenPage {
  readonly html: string;
  readonly page: Page;
}

/**
 * Writes one page of all databases of a workspace. A database that cannot be read is stated on it.
 * @throws SocratesError from the document and the migrations; `interrupted`
 */
export async function writePage(workspace: Workspace, options: PageOptions): Promise<WrittenPage> {
  const page = await gatherPage(workspace, options);
  options.onProgress("drawing the tables");
  return { html: await renderPage(page), page };
}
