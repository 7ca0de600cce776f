import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SocratesError } from "../../errors.ts";

/** The prepared image, written by `make-image.ts` at build time. */
export const imageFile = "image/clusters.br";

/** The list of prepared heads, written by `make-heads.ts` at build time. */
export const headsFile = "image/heads.json";

/** A database of this package after all its migrations, as differences from the image. */
export function headFile(key: string): string {
  return `image/head-${key}.br`;
}

/** The file that starts the worker thread (`boot.ts`). */
export const bootFile = "embedded-boot.cjs";

/** The rest of the worker thread (`worker.ts`), with PGlite. */
export const workerFile = "embedded-worker.cjs";

/** The changes to PostgreSQL's main module, written by `make-engine.ts` at build time. */
export const editsFile = "engine-edits.json";

/**
 * Finds a file that the build creates, above this file and up to the folder of this package's `package.json`: next to
 * the bundle, or in `dist/` for the source.
 * @throws SocratesError `image-missing` when it was not built.
 */
export function findAsset(file: string, from: string = import.meta.url): string {
  for (let folder = dirname(fileURLToPath(from)); ; folder = dirname(folder)) {
    for (const path of [join(folder, file), join(folder, "dist", file)]) if (existsSync(path)) return path;
    if (existsSync(join(folder, "package.json")) || dirname(folder) === folder) break;
  }
  throw new SocratesError("image-missing", `the embedded engine is not complete: ${file} does not exist`, {
    hint: "Run `npm run build` in the folder of socrates-db.",
  });
}
