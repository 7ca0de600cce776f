// Parses Mermaid text from stdin with Mermaid's own parser. Needs: npm i --no-save mermaid jsdom
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import("mermaid");
process.stdout.write(`${JSON.stringify(await mermaid.parse(readFileSync(0, "utf8")))}\n`);
