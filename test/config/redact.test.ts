import { expect, test } from "vitest";
import { redact } from "../../src/config/redact.ts";

const cases: [string, string, string[], string][] = [
  ["a secret", "password is hunter2 indeed", ["hunter2"], "password is *** indeed"],
  ["every occurrence", "hunter2,hunter2", ["hunter2"], "***,***"],
  ["the longer of two", "correcthorsebattery", ["correcthorse", "correcthorsebattery"], "***"],
  ["percent-encoded forms", "p%40s%2Fw p%40s%2fw p@s%2fw", ["p@s/w"], "*** *** ***"],
  ["the encoding of every character", "%70%40%73", ["p@s"], "***"],
  ["characters beyond ASCII", "p%C3%A4ss päss", ["päss"], "*** ***"],
  ["the form inside JSON", '{"a":"x\\"y\\\\z"}', ['x"y\\z'], '{"a":"***"}'],
  ["special characters of patterns", "a.*+?^$()|{}[]/\\b", [".*+?^$()|{}[]/\\"], "a***b"],
  ["no short word inside a longer one", "socrates on socrates_auth", ["socrates"], "*** on socrates_auth"],
  ["a short word behind an escape", "%40socrates", ["socrates"], "%40***"],
  ["a long word inside a longer one", "xcorrecthorsebattery", ["correcthorsebattery"], "x***"],
  ["no empty secret", "text", [""], "text"],
  ["the password of a URL", "postgresql://u:p@h/d", [], "postgresql://u:***@h/d"],
  ["the password of a URL with its raw @", "postgresql://u:p@w@h/d", [], "postgresql://u:***@h/d"],
  ["the password of a URL without a user", "postgres://:p@h", [], "postgres://:***@h"],
  [
    "the password in a query",
    "postgresql://h/d?password=x&user=u",
    [],
    "postgresql://h/d?password=***&user=u",
  ],
  ["nothing beyond a quote of JSON", '{"a":"x://u:p@h","b":"c@d"}', [], '{"a":"x://u:***@h","b":"c@d"}'],
  ["a secret longer than any pattern", `is ${"long".repeat(9000)}!`, ["long".repeat(9000)], "is ***!"],
  ["backslashes as JSON has them", `"${"\\".repeat(80)}x"`, [`${"\\".repeat(40)}x`], '"***"'],
  ["no backslashes that continue differently", "\\".repeat(80), [`${"\\".repeat(40)}x`], "\\".repeat(80)],
  ["escapes in part", "p%w%40d", ["p%w@d"], "***"],
  ["no URL without a password", "https://example.com:80/a", [], "https://example.com:80/a"],
];

test.each(cases)("replaces %s", (_, text, secrets, expected) => expect(redact(text, secrets)).toBe(expected));
