import { expect, it } from "vitest";
import { mutantsOf, mutated } from "./mutate.ts";

it.each<[what: string, source: string, mutants: readonly string[]]>([
  ["a condition", "if (a) b();", ["if (!(a)) b();", "if (a) ;"]],
  ["a choice", "x = a ? b : c;", ["x = !(a) ? b : c;"]],
  ["a loop", "while (a) b = 1;", ["while (!(a)) b = 1;", "while (a) b = 0;", "while (a) b = 2;"]],
  ["a denial", "if (!a) b = c;", ["if (a) b = c;"]],
  ["both", "x = a && b;", ["x = a || b;"]],
  ["either", "x = a && b || c;", ["x = a || b || c;", "x = a && b && c;"]],
  ["a bound", "x = a < b;", ["x = a <= b;"]],
  ["equality", "x = a === b;", ["x = a !== b;"]],
  ["a number", "x = 7;", ["x = 6;", "x = 8;"]],
  ["a size", "x = 4096;", []],
  ["a list", "const f = () => { return [a]; };", ["const f = () => { return []; };"]],
  ["a list of an arrow", "const f = (x: A) => x.map(g);", ["const f = (x: A) => [];"]],
  ["a call", "await a.b();", [";"]],
  ["types", "const x: Record<'a', 1 | 2> = (a satisfies B) as C<3>;", []],
  ["inside of types", "const x = (a! && b) as C;", ["const x = (a! || b) as C;"]],
])("%s", (_, source, mutants) => {
  expect(mutantsOf(source).map((mutant) => mutated(source, mutant))).toEqual(mutants);
});
