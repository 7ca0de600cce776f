import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** PostgreSQL's main module, which PGlite ships: about 10 MB of WebAssembly. */
export function engineFile(): string {
  return join(dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite")), "pglite.wasm");
}

export function readEngine(): Uint8Array {
  return readFileSync(engineFile());
}
