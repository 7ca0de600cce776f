import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { shownBy } from "./on-server.ts";
import { listLine, lockLine, rehearseMigration } from "./project.ts";
import { base, statements } from "./risky-statements.ts";

let place: Place;
let url: string;
beforeAll(async () => {
  place = await makePlace("server");
  await place.query("auth", base);
  url = place.env["DATABASE_URL_AUTH"] ?? "";
});
afterAll(() => place.dispose());

describe("statements, measured in the shadow and on a server", () => {
  it("has at least sixty", () => {
    expect(statements.length).toBeGreaterThanOrEqual(60);
  });

  it.each(statements)("%s", async (statement) => {
    const failure = (error: { code?: string }) => ({ error: error.code });
    const server = await shownBy(url, [statement]).catch(failure);
    const { statements: own } = await rehearseMigration({ base, migration: statement }, url);
    const [measured] = own;
    if (measured?.measured !== true) expect({ error: measured?.error }).toEqual(server);
    else
      expect([
        {
          locks: lockLine(measured.locks),
          rewrites: listLine(measured.rewrites),
          scans: listLine(measured.scans),
        },
      ]).toEqual(server);
  });
});
