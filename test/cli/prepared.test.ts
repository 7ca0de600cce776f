import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";

const folder = path.resolve(import.meta.dirname, "../../dist/answers");

describe("answers that the build prepares", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace("embedded");
  });
  afterAll(() => place.dispose());

  it("are those that the command line gives", async () => {
    const lines = readdirSync(folder).map((name) => path.basename(name, ".txt"));
    expect(lines).toEqual(expect.arrayContaining(["--help", "--version", "migrate --help"]));
    for (const line of lines) {
      const text = readFileSync(path.join(folder, `${line}.txt`), "utf8");
      // In this process, without prepared answers.
      const { stdout, exitCode } = await place.run(line.split(" "));
      expect({ line, stdout, exitCode }).toEqual({ line, stdout: text, exitCode: 0 });
    }
  });

  it("are given by the program", async () => {
    const spawned = await place.run(["migrate", "--help"], { spawn: true });
    expect(spawned).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("Usage: socrates-db migrate"),
    });
  });
});
