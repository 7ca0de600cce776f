import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { filesIn, flattened, isAllowed, readWant } from "./judge.ts";

const fixtures = path.resolve(import.meta.dirname, "../fixtures/sync/documents");
const names = readdirSync(fixtures).sort();

describe("a document that was right is brought up to date in the lines concerned alone:", () => {
  let place: Place | undefined;
  afterEach(() => place?.dispose());

  it.each(names)("%s", async (name) => {
    const folder = path.join(fixtures, name);
    const isFolder = existsSync(path.join(folder, "before"));
    const file = isFolder ? "before" : "before.md";
    const want = readWant(readFileSync(path.join(folder, "want.txt"), "utf8"), file);
    const databases = want.databases.map((key) => ({
      key,
      name: key,
      urlVariable: `DATABASE_URL_${key.toUpperCase()}`,
    }));
    place = await makePlace("server", { databases });
    const document = isFolder ? ["before/*.md", "before/tables/*.md"] : file;
    writeFileSync(
      path.join(place.folder, "socrates-db.config.json"),
      JSON.stringify({ document, databases: Object.fromEntries(want.databases.map((key) => [key, {}])) }),
    );
    cpSync(path.join(folder, file), path.join(place.folder, file), { recursive: true });
    for (const key of want.databases) {
      const own = path.join(folder, `schema.${key}.sql`);
      await place.query(key, readFileSync(existsSync(own) ? own : path.join(folder, "schema.sql"), "utf8"));
    }
    const sync = ["document", "sync", "--from", "live"];
    const before = filesIn(path.join(folder, file), file);
    const read = () => filesIn(path.join(place?.folder ?? "", file), file);

    expect((await place.run([...sync, "--check"])).exitCode).toBe(1);
    expect(read()).toEqual(before);
    const { exitCode, stdout, stderr } = await place.run(sync);
    expect([exitCode, exitCode === 0 ? "" : stderr]).toEqual([0, ""]);
    const after = read();
    for (const [each, text] of before) {
      const lines = want.mayChange.get(each) ?? new Set();
      const allowed = isAllowed(text, after.get(each) ?? "", lines, want.mayInsertAfter);
      expect([each, allowed ? "" : after.get(each)]).toEqual([each, ""]);
    }
    const textFor = (wanted: string): readonly [string, string] => {
      const [, own, rest = wanted] = /^(\S+\.md): (.*)$/.exec(wanted) ?? [];
      return [
        flattened(own === undefined ? [...after.values()].join("\n") : (after.get(own) ?? "")),
        flattened(rest),
      ];
    };
    for (const wanted of want.has) expect(textFor(wanted)[0]).toContain(textFor(wanted)[1]);
    for (const unwanted of want.lacks) expect(textFor(unwanted)[0]).not.toContain(textFor(unwanted)[1]);
    for (const word of want.says) expect(stdout).toContain(word);

    const again = await place.run([...sync, "--check", "--format", "json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ schemaVersion: 1, changed: [], files: [] });
    expect(again.exitCode).toBe(0);
    expect(read()).toEqual(after);
  });
});
