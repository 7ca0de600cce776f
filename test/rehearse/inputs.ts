import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const folder = path.resolve(import.meta.dirname, "../fixtures/rehearse");

/** A migration after a public report, with what servers of 15, 17 and 18 have shown. */
export interface Input {
  readonly name: string;
  readonly base: string;
  readonly migration: string;
  readonly noTransaction: boolean;
  /** A line of facts for a version, or for all; `undefined` without one. */
  fact(key: string, version: number): string | undefined;
}

const factLine = /^-- (locks|rewrites|scans|blocks|hazard|instead|error|statement \d+)(@\d+)?: (.*)$/;

function read(name: string): Input {
  const lines = readFileSync(path.join(folder, name), "utf8").split("\n");
  const facts = new Map<string, string>();
  const parts = {
    header: [] as string[],
    base: [] as string[],
    migration: [] as string[],
    facts: [] as string[],
  };
  let part: keyof typeof parts = "header";
  for (const line of lines) {
    const [, key, version = "", value = ""] = factLine.exec(line) ?? [];
    if (line.trim() === "-- base") part = "base";
    else if (line.trim() === "-- migration") part = "migration";
    else if (key !== undefined) {
      part = "facts";
      facts.set(`${key}${version}`, value.replace(/ +#.*$/, ""));
    } else if (!/^-- (?:no-transaction|split)/.test(line)) parts[part].push(line);
  }
  return {
    name: name.replace(/\.sql$/, ""),
    base: parts.base.join("\n"),
    migration: parts.migration.join("\n"),
    noTransaction: lines.some((line) => line.startsWith("-- no-transaction")),
    fact: (key, version) => facts.get(`${key}@${version}`) ?? facts.get(key),
  };
}

export const inputs: readonly Input[] = readdirSync(folder).sort().map(read);
