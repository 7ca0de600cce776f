/**
 * Keeps the schemas of this package's own document and migrations, so that nobody has to start a shadow for them.
 * Run once when the package is built: `node make-catalogs.js dist/catalogs`.
 */
import path from "node:path";
import { packageRoot } from "../config/package-root.ts";
import { databases } from "../databases.ts";
import { keptDocument } from "../document/kept.ts";
import { readChain } from "../migrations/files.ts";
import { documentSchemas } from "./of-document.ts";
import { downSchemas } from "./of-downs.ts";
import { chainSchemas } from "./of-migrations.ts";

const [, , output] = process.argv;
if (output === undefined) throw new Error("usage: make-catalogs <folder>");

const folders = { built: path.resolve(output), user: path.resolve(output) };
const document = await keptDocument(path.join(packageRoot(), "docs", "schema.md"), folders);
await Promise.all(
  databases.map(async ({ key, name, migrations }) => {
    await documentSchemas(document, name, folders);
    const chain = readChain(key, path.join(packageRoot(), migrations));
    await downSchemas(await chainSchemas(chain, folders), folders);
  }),
);
