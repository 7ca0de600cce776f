import { expect, it } from "vitest";
import { dollarQuoted } from "../../src/sql/quote.ts";

it.each([
  ["a", "$sdb$a$sdb$"],
  ["$sdb$", "$sdb0$$sdb$$sdb0$"],
  ["$sdb$sdb0$", "$sdb1$$sdb$sdb0$$sdb1$"],
  ["$sdb1$", "$sdb$$sdb1$$sdb$"],
  ["a$sdb", "$sdb0$a$sdb$sdb0$"],
])("the tag around %s is in no part of it, nor made by its end", (text, quoted) =>
  expect(dollarQuoted(text)).toBe(quoted),
);
