import { expect, test } from "vitest";
import { describeTarget, type HostAddress } from "../../src/database/target.ts";
import { targetOf } from "./fake-server.ts";

const cases: [HostAddress[], string][] = [
  [[{ host: "localhost", port: 5432 }], "localhost:5432/app as alice"],
  [[{ host: "::1", port: 5432 }], "[::1]:5432/app as alice"],
  [[{ host: "h", address: "10.0.0.1", port: 1 }], "h:1/app as alice"],
  [
    [
      { host: "h1", port: 1 },
      { host: "h2", port: 2 },
    ],
    "h1:1,h2:2/app as alice",
  ],
  [[{ host: "/run/postgresql/", port: 5432 }], "app as alice on /run/postgresql/.s.PGSQL.5432"],
];

test.each(cases)("%j is described as %s", (hosts, text) => {
  expect(describeTarget(targetOf(0, { hosts }))).toBe(text);
});

test("a name cannot break the line", () => {
  const target = targetOf(0, { hosts: [{ host: "h", port: 1 }], database: "a\nb\u001b[31m" });
  expect(describeTarget(target)).toBe("h:1/a b [31m as alice");
});

test("an embedded database is described by its directory", () => {
  expect(describeTarget({ kind: "embedded", directory: "/data/auth" })).toBe("/data/auth");
});
