import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";

const file = path.resolve(import.meta.dirname, "../../dist/answers.json");

describe("answers that the build prepares", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace("embedded");
  });
  afterAll(() => place.dispose());

  it("are those that the command line gives", async () => {
    const answers: Record<string, string> = JSON.parse(readFileSync(file, "utf8"));
    expect(Object.keys(answers)).toEqual(
      expect.arrayContaining(["--help", "--version", "migrate --help", "completion zsh"]),
    );
    for (const [line, text] of Object.entries(answers)) {
      // In this process, without what was prepared.
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
