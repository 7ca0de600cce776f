import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { filesOfTar } from "./tar.ts";

/** The file of the index, written at build time. */
export const indexFile = "extensions.json";

/** The folders below PGlite's root in which PostgreSQL looks for files of extensions. */
export const extensionFolders = [
  "share/postgresql/extension",
  "share/postgresql/tsearch_data",
  "lib/postgresql",
] as const;

/** The paths in each bundle, with the content of control files, and null for all other files. */
export type BundleIndex = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

const packages = ["@electric-sql/pglite", "@electric-sql/pglite-pgvector"];

function folderOf(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(name));
}

/** The files of a bundle that PostgreSQL reads, by path. @param bundle package and file name */
export function readBundle(bundle: string): ReadonlyMap<string, Uint8Array> {
  const packed = readFileSync(join(folderOf(dirname(bundle)), basename(bundle)));
  return new Map(
    [...filesOfTar(gunzipSync(packed))].filter(([path]) =>
      extensionFolders.some((folder) => folder === dirname(path)),
    ),
  );
}

/** The index of all bundles that are installed. */
export function indexBundles(): BundleIndex {
  const bundles = packages.flatMap((name) =>
    readdirSync(folderOf(name))
      .filter((file) => file.endsWith(".tar.gz"))
      .map((file) => `${name}/${file}`),
  );
  const index = bundles.sort().map((bundle) => {
    const paths = [...readBundle(bundle)].sort(([a], [b]) => (a < b ? -1 : 1));
    const files = paths.map(([path, content]) => [
      path,
      path.endsWith(".control") ? Buffer.from(content).toString("utf8") : null,
    ]);
    return [bundle, Object.fromEntries(files)];
  });
  return Object.fromEntries(index);
}
