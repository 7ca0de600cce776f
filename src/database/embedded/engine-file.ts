import { readFileSync } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { SocratesError } from "../../errors.ts";
import { editsFile, findAsset } from "./assets.ts";
import { type Edit, editedParts } from "./webassembly-reader.ts";

/** What the build writes about the main module: its edits, and the size of the file for which they were made. */
export interface EngineEdits {
  readonly size: number;
  readonly edits: readonly Edit[];
}

/** PostgreSQL's main module, which PGlite ships: about 10 MB of WebAssembly. */
function engineFile(): string {
  return join(dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite")), "pglite.wasm");
}

/** The main module as PGlite ships it. */
export function readEngine(): Uint8Array {
  return readFileSync(engineFile());
}

/**
 * The main module with the edits that the build has prepared: each part is read to its place, as a copy of the module
 * would cost time and memory at every start.
 * @throws SocratesError `image-missing` when the build knew another module
 */
export async function readEdited(): Promise<Uint8Array<ArrayBuffer>> {
  const { size, edits }: EngineEdits = JSON.parse(await readFile(findAsset(editsFile), "utf8"));
  const file = await open(engineFile());
  try {
    if ((await file.stat()).size !== size)
      throw new SocratesError(
        "image-missing",
        "the embedded engine is not complete: PGlite has another version than the one that socrates-db was built with",
        { hint: "Install socrates-db again; in a checkout, run `npm ci`." },
      );
    const { parts, length } = editedParts(size, edits);
    const edited = new Uint8Array(length);
    for (const part of parts)
      if ("from" in part) await readWhole(file, edited.subarray(part.at, part.at + part.length), part.from);
      else edited.set(part.bytes, part.at);
    return edited;
  } finally {
    await file.close();
  }
}

async function readWhole(file: FileHandle, into: Uint8Array, from: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, from + done);
    if (bytesRead === 0) throw new Error("PostgreSQL's main module is incomplete");
    done += bytesRead;
  }
}
