import { chmodSync, readdirSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../config/package-root.ts";
import { databases } from "../databases.ts";
import { cachedDocument } from "../document/cached.ts";
import { readChain } from "../migrations/files.ts";
import { documentSchemas } from "../sources/of-document.ts";
import { downSchemas } from "../sources/of-downs.ts";
import { chainSchemas } from "../sources/of-migrations.ts";

/**
 * Writes the schemas of this package's document and migrations to a folder, so that no user has to start a shadow for
 * them. The build calls it in the built program, as cached schemas belong to a build.
 */
export async function makeCatalogs(folder: string): Promise<void> {
  const folders = { built: path.resolve(folder), user: path.resolve(folder) };
  const document = await cachedDocument(
    { base: packageRoot(), patterns: ["docs/schema.md"] },
    databases,
    folders,
  );
  await Promise.all(
    databases.map(async ({ key, name, migrations }) => {
      await documentSchemas(document, name, folders);
      const chain = readChain(key, path.join(packageRoot(), migrations));
      await downSchemas(await chainSchemas(chain, folders), folders);
    }),
  );
  // Cached files are private to their owner; these belong to the package.
  chmodSync(folders.built, 0o755);
  for (const name of readdirSync(folders.built)) chmodSync(path.join(folders.built, name), 0o644);
}
