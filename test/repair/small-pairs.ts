import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const folder = path.resolve(import.meta.dirname, "../fixtures/pairs");

/** Two schemas with a common part, which a file of pairs shares. */
export interface SmallPair {
  readonly name: string;
  readonly old: string;
  readonly next: string;
}

/** The pairs of a file: `-- pair: name`, then SQL of the new side, or of the old side, `-- to`, and SQL of the new one. */
function pairsOf(file: string): SmallPair[] {
  const [base = "", ...parts] = readFileSync(path.join(folder, file), "utf8").split(/^-- pair: /m);
  return parts.map((part) => {
    const [name = "", text = ""] = part.split(/\n(.*)/s);
    const [first = "", second] = text.split(/^-- to$/m);
    return {
      name: `${file.replace(".sql", "")}: ${name}`,
      old: second === undefined ? base : `${base}${first}`,
      next: `${base}${second ?? first}`,
    };
  });
}

export const smallPairs: readonly SmallPair[] = readdirSync(folder).sort().flatMap(pairsOf);
