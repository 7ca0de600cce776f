import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { databases } from "../../src/databases.ts";

const source = path.resolve(import.meta.dirname, "../../src");

/** The list of the default databases, and what fills this application's tables with rows. */
const exempt = /^(databases\.ts$|seed\/(tables|vocabulary)\/)/;

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((name) => name.split(path.sep).join("/"))
  .filter((name) => /\.(ts|mjs|cjs)$/.test(name));

/** A database's key, name or variable as a word, or its key as a part of an identifier: `isAuth`, `authUrl`. */
const naming = new RegExp(
  databases
    .flatMap(({ key, name, urlVariable }) => {
      const capital = key.charAt(0).toUpperCase() + key.slice(1);
      return [`\\b(?:${key}|${name}|${urlVariable})\\b`, `[a-z]${capital}(?![a-z])`, `\\b${key}(?=[A-Z_])`];
    })
    .join("|"),
);

describe("nothing in src names a database of this application", () => {
  it.each(files.filter((name) => !exempt.test(name)))("%s", (name) => {
    const lines = readFileSync(path.join(source, name), "utf8").split("\n");
    expect(lines.filter((line) => naming.test(line))).toEqual([]);
  });
  it("but the list and the sample data, which are where they should be", () => {
    const named = files.filter((name) => naming.test(readFileSync(path.join(source, name), "utf8")));
    expect(named).toContain("databases.ts");
    expect(named.every((name) => exempt.test(name))).toBe(true);
  });
});

describe("nothing in src speaks of exactly two databases", () => {
  it.each(files)("%s", (name) => {
    const lines = readFileSync(path.join(source, name), "utf8").split("\n");
    expect(lines.filter((line) => /\b(both|either) databases?\b|\bthe other database\b/i.test(line))).toEqual(
      [],
    );
  });
});
