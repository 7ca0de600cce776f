import { expect, test } from "vitest";
import { editDistance, nearest } from "../src/nearest.ts";

test.each([
  ["", "", 0],
  ["abc", "abc", 0],
  ["abc", "", 3],
  ["abc", "abd", 1],
  ["abc", "bc", 1],
  ["ab", "ba", 1],
  ["sslmode", "ssl_mode", 1],
  ["kitten", "sitting", 3],
  ["ca", "abc", 3],
])("the distance of %j and %j is %i", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

const known = ["host", "port", "user", "password", "sslmode"];

test.each([
  ["ssl_mode", "sslmode"],
  ["hsot", "host"],
  ["HOST", "host"],
  ["pasword", "password"],
  ["prot", "port"],
])("nearest to %j is %j", (word, expected) => {
  expect(nearest(word, known)).toBe(expected);
});

test.each(["secret", "x"])("nothing is near to %j", (word) => {
  expect(nearest(word, known)).toBeUndefined();
});

test("the first of equally near candidates wins", () => expect(nearest("bat", ["cat", "hat"])).toBe("cat"));
