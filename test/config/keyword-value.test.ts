import { expect, test } from "vitest";
import { parseKeywordValue } from "../../src/config/keyword-value.ts";

const accepted: [string, Record<string, string>][] = [
  ["host=h dbname='a b' password='it\\'s'", { host: "h", dbname: "a b", password: "it's" }],
  ["host = h  port=5", { host: "h", port: "5" }],
  ["host=h dbname=a\\ b", { host: "h", dbname: "a b" }],
  ["host=", { host: "" }],
  ["host='' user=x", { host: "", user: "x" }],
  ["host=a host=b", { host: "b" }],
  [" host=a ", { host: "a" }],
  ["password=a'b", { password: "a'b" }],
  ["password=a=b://c@d", { password: "a=b://c@d" }],
  ["user='a\\\\b'", { user: "a\\b" }],
];

/** Each contains the password `hunter`, which no message may contain. */
const refused: [string, string][] = [
  ["host=h hunter", '"=" is missing after the word at character 8'],
  ["password=my hunter=2", "unknown parameter at character 13"],
  ["pasword=hunter", 'unknown parameter "pasword", the nearest known one is "password"'],
  ["password='hunter", "the quote at character 10 is never closed"],
];

test.each(accepted)("reads %s as libpq does", (text, values) => {
  expect(Object.fromEntries(parseKeywordValue(text, "SOURCE"))).toEqual(values);
});

test.each(refused)("refuses %s without showing it", (text, message) => {
  let shown = "";
  try {
    parseKeywordValue(text, "SOURCE");
  } catch (error) {
    shown = String(error);
  }
  expect(shown).toContain(`SOURCE: ${message}`);
  expect(shown).not.toContain("hunter");
});
