/** Writes the index of the extensions that the embedded engine can load: `node make-extensions.js dist/extensions.json`. */
import { writeFileSync } from "node:fs";
import { indexBundles } from "../database/embedded/extension-bundles.ts";

const output = process.argv[2];
if (output === undefined) throw new Error("usage: make-extensions <output file>");
writeFileSync(output, JSON.stringify(indexBundles()));
