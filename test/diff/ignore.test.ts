import { expect, it } from "vitest";
import { matchesGlob } from "../../src/glob.ts";

it.each([
  ["public.users", "public.users", true],
  ["public.users", "public.user", false],
  ["public.users", "ublic.users", false],
  ["publicxusers", "public.users", false],
  ["public_users", "public.*", false],
  ["publicxusers", "*.users", false],
  ["public..users", "public.users", false],
  ["public.users", "public?users", true],
  ["public.users", "public.user?", true],
  ["public.users", "public.users?", false],
  ["public.a.b", "public.*", true],
  ["public.a.b", "public.*.b", true],
  ["public.a.b.b", "*.b", true],
  ["public.axb", "*.b", false],
  ["public.users", "*", true],
  ["", "*", true],
  ["public.users", "**.u*s*", true],
  ["public.a+b", "public.a+b", true],
  ["public.aab", "public.a+b", false],
  ["public.a", "public.[ab]", false],
  ["public.USERS", "public.users", false],
])("of %j, %j is a match: %s", (name, glob, matches) => {
  expect(matchesGlob(name, glob)).toBe(matches);
});
