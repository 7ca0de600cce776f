/** Writes the edits that make PostgreSQL's main module interruptible: `node make-engine.js dist/engine-edits.json`. */
import { writeFileSync } from "node:fs";
import { type EngineEdits, readEngine } from "../database/embedded/engine-file.ts";
import { interruptibleEdits } from "../database/embedded/interruptible.ts";

const output = process.argv[2];
if (output === undefined) throw new Error("usage: make-engine <output file>");
const bytes = readEngine();
const known: EngineEdits = { size: bytes.length, edits: interruptibleEdits(bytes) };
writeFileSync(output, JSON.stringify(known));
