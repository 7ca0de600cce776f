import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SocratesError } from "../../errors.ts";

/** The prepared image, written by `make-image.ts` at build time. */
export const imageFile = "dist/image/clusters.br";

/** The bundled worker thread (`worker.ts`). */
export const workerFile = "dist/embedded-worker.cjs";

/**
 * Finds a file that the build makes. It is looked for below the folder of this package's `package.json`, so the
 * program finds it from its bundle in `dist/` as well as from its sources.
 *
 * @throws SocratesError `image-missing` when it was not built.
 */
export function findAsset(file: string, from: string = import.meta.url): string {
  for (let folder = dirname(fileURLToPath(from)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) {
      const path = join(folder, file);
      if (existsSync(path)) return path;
    }
    if (dirname(folder) === folder) break;
  }
  throw new SocratesError("image-missing", `The embedded engine is not complete: ${file} does not exist`, {
    hint: "Run `npm run build` in the folder of socrates-db.",
  });
}
