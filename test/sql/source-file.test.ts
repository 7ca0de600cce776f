import path from "node:path";
import { describe, expect, it } from "vitest";
import { readDirectives } from "../../src/migrations/directives.ts";
import { checksum, locate } from "../../src/sql/source-file.ts";

const source = (text: string) => ({ path: path.resolve("migrations/x.sql"), text });

describe("a place in a file", () => {
  it.each<[text: string, needle: string, line: number, column: number, sourceLine: string]>([
    ["abc", "a", 1, 1, "abc"],
    ["one\ntwo x\nthree", "x", 2, 5, "two x"],
    ["one\r\ntwo x\r\n", "x", 2, 5, "two x"],
    ["one\rtwo x\r", "x", 2, 5, "two x"],
    ["é中😀 x", "x", 1, 5, "é中😀 x"],
    ["\tx", "x", 1, 2, "\tx"],
  ])("%j", (text, needle, line, column, sourceLine) => {
    expect(locate(source(text), text.indexOf(needle))).toEqual({
      location: { file: path.join("migrations", "x.sql"), line, column },
      sourceLine,
    });
  });
  it("at the end of a file is after its last character", () => {
    expect(locate(source("a\nbc"), 4).location).toMatchObject({ line: 2, column: 3 });
  });
});

describe("the checksum", () => {
  it("is SHA-256 of the text", () => {
    expect(checksum("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
  it("ignores line endings and a byte order mark", () => {
    for (const text of ["a\r\nb\r\n", "a\rb\r", "\ufeffa\nb\n"])
      expect(checksum(text)).toBe(checksum("a\nb\n"));
  });
  it("depends on everything else", () => {
    for (const text of ["a\nb", "a\n\nb\n", "a \nb\n", "A\nb\n"])
      expect(checksum(text)).not.toBe(checksum("a\nb\n"));
  });
});

describe("directives", () => {
  const of = (text: string) => readDirectives(source(text));
  it.each<[text: string, phase: number | undefined, noTransaction: boolean]>([
    ["", undefined, false],
    ["SELECT 1;", undefined, false],
    ["-- socrates-db: phase 0\nSELECT 1;", 0, false],
    ["--socrates-db:phase 12", 12, false],
    [
      "  --  socrates-db :  phase   3  \r\n\r\n-- words\r\n-- socrates-db: no-transaction\r\nSELECT 1;",
      3,
      true,
    ],
    ["-- socrates-db: phase 1\r-- socrates-db: no-transaction\rSELECT 1;", 1, true],
    ["/* Copyright\n   a company */\n-- socrates-db: phase 2\nSELECT 1;", 2, false],
    ["-- see also: phase 3\n-- socrates-db: phase 1", 1, false],
  ])("%j", (text, phase, noTransaction) => {
    expect(of(text)).toEqual({ phase, noTransaction, accepts: [] });
  });
  it("accepts several hazards, each with a reason", () => {
    const text =
      "-- socrates-db: accept rewrite it is small\n-- socrates-db: accept drop-used  unused since May";
    expect(of(text).accepts).toEqual([
      { hazard: "rewrite", reason: "it is small", offset: 0 },
      { hazard: "drop-used", reason: "unused since May", offset: text.indexOf("\n") + 1 },
    ]);
  });
  it.each([
    [
      "-- socrates-db: accept rewrite",
      '"accept rewrite" is not a hazard with a reason',
      'Write "-- socrates-db: accept HAZARD why it is harmless here".',
    ],
    ["-- socrates-db: phse 1", 'unknown directive "phse"', 'Did you mean "phase"?'],
    [
      "-- socrates-db: something",
      'unknown directive "something"',
      "The directives are: phase, no-transaction, irreversible, amends, accept.",
    ],
    ["--- socratesdb: phase 1", 'unknown directive prefix "socratesdb"', 'Write "-- socrates-db: …".'],
    [
      "SELECT 1;\n-- socrates-db: phase 1",
      'the directive "phase 1" is below the first statement',
      "Move it to the top of the file.",
    ],
    [
      "-- socrates-db phase 1",
      '"-- socrates-db phase 1" is not a directive: "socrates-db:" is missing',
      'Write "-- socrates-db: phase 1".',
    ],
  ])("%j is refused", (text, message, hint) => {
    expect(() => of(text)).toThrow(message);
    try {
      of(text);
    } catch (error) {
      expect(error).toMatchObject({ code: "file-invalid", hint });
    }
  });
});
