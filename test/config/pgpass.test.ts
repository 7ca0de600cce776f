import { describe, expect, test } from "vitest";
import { findPassword, readPasswordFile } from "../../src/config/pgpass.ts";
import { fakeMachine, plainFile, socketFile } from "./fake-machine.ts";

const request = { address: { host: "db.example.com", port: 5432 }, database: "app", user: "alice" };

const lookups: [string, string, string | undefined][] = [
  ["the line that fits", "db.example.com:5432:app:alice:secret", "secret"],
  ["wildcards", "*:*:*:*:secret", "secret"],
  ["the first of two", "*:*:app:*:first\n*:*:*:*:second", "first"],
  ["no line of another host", "other:5432:app:alice:secret", undefined],
  ["no line of another port", "*:5433:app:alice:secret", undefined],
  ["no line of another database", "*:*:other:alice:secret", undefined],
  ["no line of another user", "*:*:app:bob:secret", undefined],
  ["no short line", "*:*:*:*\n*:*:*", undefined],
  ["escaped colons and backslashes", "*:*:*:*:a\\:b\\\\c", "a:b\\c"],
  ["nothing behind a colon without an escape, as in libpq", "*:*:*:*:a:b", "a"],
  ["no wildcard that is escaped", "\\*:*:*:*:secret", undefined],
  ["lines that end as on Windows", "x:*:*:*:y\r\n*:*:*:*:secret\r\n", "secret"],
  ["an empty password as none", "*:*:*:*:", undefined],
  ["no line with an empty field", ":5432:app:alice:secret", undefined],
];

describe("findPassword", () => {
  test.each(lookups)("takes %s", (_, file, password) => expect(findPassword(file, request)).toBe(password));

  test("matches fields with escapes", () => {
    const address = { host: "::1", port: 5432 };
    const file = "\\:\\:1:5432:a\\:b:do\\\\main:secret";
    expect(findPassword(file, { address, database: "a:b", user: "do\\main" })).toBe("secret");
  });

  test("does not read a comment as a line, even if its host matches", () => {
    const address = { host: "#db", port: 5432 };
    expect(findPassword("#db:*:*:*:secret", { ...request, address })).toBe(undefined);
  });

  test("looks up the default socket directory as localhost", () => {
    const address = { host: "/var/run/postgresql", port: 5432 };
    expect(findPassword("localhost:*:*:*:secret", { ...request, address })).toBe("secret");
    expect(
      findPassword("localhost:*:*:*:secret", { ...request, address: { host: "/tmp", port: 5432 } }),
    ).toBe(undefined);
  });
});

describe("readPasswordFile (fault 31)", () => {
  const read = (mode: number, platform = "linux") => {
    const warnings: string[] = [];
    const machine = fakeMachine({}, { "/pass": { text: "content", mode } }, { platform });
    const bytes = readPasswordFile("/pass", machine, (warning) => warnings.push(warning));
    return { text: bytes?.toString(), warnings };
  };

  test.each([0o600, 0o400])("reads a file of mode %o", (mode) => {
    expect(read(plainFile | mode)).toEqual({ text: "content", warnings: [] });
  });

  test.each([0o640, 0o604, 0o610, 0o602])("ignores a file of mode %o with a warning", (mode) => {
    const { text, warnings } = read(plainFile | mode);
    expect(text).toBe(undefined);
    expect(warnings).toEqual([
      'password file "/pass" is ignored: it has group or world access; make it 0600 or stricter',
    ]);
  });

  test("ignores anything but a plain file, with a warning", () => {
    expect(read(socketFile | 0o600)).toEqual({
      text: undefined,
      warnings: ['password file "/pass" is ignored: it is not a plain file'],
    });
  });

  test("does not ask for permissions on Windows", () => {
    expect(read(plainFile | 0o666, "win32").text).toBe("content");
  });

  test("reports nothing about a missing file", () => {
    expect(readPasswordFile("/none", fakeMachine(), () => expect.fail("warned"))).toBe(undefined);
  });
});
