import { describe, expect, test } from "vitest";
import { saslprep } from "../../src/database/saslprep.ts";
import { startScram } from "../../src/database/scram.ts";

describe("saslprep", () => {
  test.each([
    ["RFC 4013: a soft hyphen is left out", "I\u00adX", "IX"],
    ["RFC 4013: nothing to do", "user", "user"],
    ["RFC 4013: case is kept", "USER", "USER"],
    ["RFC 4013: NFKC of a", "\u00aa", "a"],
    ["RFC 4013: NFKC of IX", "\u2168", "IX"],
    ["RFC 4013: a control character excludes it", "\u0007", "\u0007"],
    ["RFC 4013: a mix of directions excludes it", "\u0627\u0031", "\u0627\u0031"],
    ["a no-break space becomes a blank", "a\u00a0b", "a b"],
    ["a zero width space becomes a blank", "a\u200bb", "a b"],
    ["a zero width joiner is left out", "a\u200db", "ab"],
    ["letters from right to left at both ends", "\u05d0\u00aa\u05d0", "\u05d0\u00aa\u05d0"],
    ["letters from right to left alone", "\u05d0\u2168\u05d0".replace("\u2168", "1"), "\u05d01\u05d0"],
    ["private use excludes it", "\ue000\u2168", "\ue000\u2168"],
    ["an emoji, which Unicode 3.2 does not know, excludes it", "\u{1f600}\u2168", "\u{1f600}\u2168"],
    ["nothing is left", "\u00ad", "\u00ad"],
    ["letters that are composed", "e\u0301", "\u00e9"],
  ])("%s", (_, password, prepared) => expect(saslprep(password)).toBe(prepared));
});

test("the conversation of RFC 7677, section 3, but for the name, which PostgreSQL ignores", async () => {
  const scram = startScram("pencil", "n", "rOprNGfwEbeRWgbNEkqO");
  expect([scram.mechanism, scram.first]).toEqual(["SCRAM-SHA-256", "n,,n=,r=rOprNGfwEbeRWgbNEkqO"]);
  const answer = await scram.final(
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
  );
  expect(answer).toMatch(/^c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj\)hNlF\$k0,p=[\w+/]{43}=$/);
  expect(scram.verifies(`v=${Buffer.alloc(32).toString("base64")}`)).toBe(false);
});
