import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenProject, open, SocratesError } from "../../src/index.ts";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";

let place: Place;
let project: OpenProject;

async function start(engine: Place["engine"], migrated: boolean): Promise<void> {
  place = await makePlace(engine, { migrated });
  project = await open({ cwd: place.folder, env: place.env, builtin: true });
}

afterEach(async () => {
  await project.close();
  await place.dispose();
});

const root = `${path.resolve(import.meta.dirname, "../..")}/`;

/** A report through JSON, which has no undefined values; paths are made relative, as the two working directories differ. */
function parsed(json: string): unknown {
  return JSON.parse(json.replaceAll(root, "").replaceAll(`${place.folder}/`, ""));
}

/** What the command prints with `--format json`. */
async function printed(...args: string[]): Promise<unknown> {
  const { stdout } = await place.run([...args, "--format", "json", "--builtin"]);
  return parsed(stdout);
}

describe.each(sampledEngines("server"))("a project on the %s engine", (engine) => {
  describe("that is migrated", () => {
    beforeEach(() => start(engine, true));

    it("returns what the commands print as JSON", async () => {
      const calls: readonly (readonly [call: () => Promise<object>, args: readonly string[]])[] = [
        [() => project.status(), ["status"]],
        [() => project.migrate({ phase: 6, dryRun: true }), ["migrate", "--phase", "6", "--dry-run"]],
        [() => project.rollback({ steps: 1, dryRun: true }), ["rollback", "--steps", "1", "--dry-run"]],
        [() => project.diff({ severity: "error" }), ["diff", "--severity", "error"]],
        [() => project.verify("indexes", { phase: 6 }), ["verify", "indexes", "--phase", "6"]],
        [() => project.verify("all", { ignore: ["public.*"] }), ["verify", "--ignore", "public.*"]],
        [() => project.trace("users.email"), ["trace", "users.email"]],
        [() => project.doctor(), ["doctor"]],
      ];
      // One after the other: an embedded database accepts one connection.
      for (const [call, args] of calls) {
        const report = parsed(JSON.stringify(await call()));
        expect({ args, report }).toEqual({ args, report: await printed(...args) });
      }
      const { text, warnings } = await project.diagram({ style: "mermaid", columns: "keys", phase: 2 });
      const drawn = ["diagram", "--style", "mermaid", "--columns", "keys", "--phase", "2", "--builtin"];
      expect({ text, warnings }).toEqual({ text: (await place.run(drawn)).stdout, warnings: [] });
      const { html, findings, notRead } = await project.page({ severity: "warning" });
      const written = ["report", "--format", "html", "--out", "-", "--severity", "warning", "--builtin"];
      const relative = (text: string) => text.replaceAll(root, "").replaceAll(`${place.folder}/`, "");
      expect(relative(html)).toBe(relative((await place.run(written)).stdout));
      expect(notRead).toEqual([]);
      expect(findings.filter(({ severity }) => severity === "advice")).toEqual([]);
    });

    it("refuses to lose rows, and says what was done", async () => {
      await project.seed({ users: 2, seed: 7 });
      const refused = await project.rollback({ phase: 0 }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(SocratesError);
      expect(refused).toMatchObject({ code: "data-loss", finished: { direction: "down", migrations: [] } });
      const { databases } = await project.rollback({ phase: 0, allowDataLoss: true });
      expect(databases["auth"]?.rolledBack.map(({ number }) => number)).toEqual([13, 6, 4]);
      expect(databases["specs"]?.rolledBack.map(({ number }) => number)).toEqual([
        14, 12, 11, 10, 9, 8, 7, 5, 3,
      ]);
    });
  });

  describe("that is empty", () => {
    beforeEach(() => start(engine, false));

    it("migrates, with events, and up to date again", async () => {
      const events: string[] = [];
      const report = await project.migrate({
        phase: 0,
        lockTimeout: "2s",
        onEvent: (event) => {
          if (event.kind === "done") events.push(event.file.id);
        },
      });
      expect(report).toMatchObject({
        outcome: "applied",
        databases: { auth: { head: 1, phase: 0 }, specs: { head: 2, phase: 0 } },
      });
      expect(events.sort()).toEqual(["001_create_auth_tables", "002_create_specs_tables"]);
      expect(await project.migrate({ to: 2 })).toMatchObject({ outcome: "up-to-date" });
      expect(parsed(JSON.stringify(await project.status()))).toEqual(await printed("status"));
    });

    it("ends a run whose signal is aborted, with nothing done", async () => {
      const signal = AbortSignal.abort();
      await expect(project.migrate({ signal })).rejects.toBeDefined();
      const { databases } = await project.status();
      expect(Object.values(databases).map(({ head }) => head)).toEqual([null, null]);
    });

    it("ends what runs when it is closed, and refuses further calls", async () => {
      const run = project.migrate({ onEvent: ({ kind }) => kind === "start" && void project.close() });
      await expect(run).rejects.toMatchObject({ name: "SocratesError" });
      await expect(project.status()).rejects.toMatchObject({
        code: "usage",
        message: "the project is closed",
      });
    });

    it.each([
      ["two limits", () => project.migrate({ phase: 1, to: 2 }), "usage"],
      ["no limit", () => project.rollback({}), "usage"],
      ["a phase without migrations", () => project.migrate({ phase: 99 }), "usage"],
      ["a duration that is none", () => project.migrate({ lockTimeout: "soon" }), "usage"],
      ["an unknown source", () => project.diff({ from: "documnt" }), "usage"],
      ["an unknown object", () => project.trace("users.emial"), "usage"],
    ])("refuses %s", async (_, call, code) => {
      await expect(call()).rejects.toMatchObject({ name: "SocratesError", code });
    });
  });
});

describe("a project", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "socrates-db-api-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("shows no password in an error, nor in its cause", async () => {
    const url = (name: string) => `postgres://ada:hunter2-is-secret@127.0.0.1:1/${name}`;
    project = await open({ cwd: folder, env: {}, builtin: true, urls: { auth: url("a"), specs: url("b") } });
    place = await makePlace("embedded");
    const error = await project.status().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "connection-failed" });
    const texts = [String(error), JSON.stringify(error), error instanceof Error ? String(error.cause) : ""];
    expect(texts.join()).not.toContain("hunter2");
  });

  it("creates the files of a migration", async () => {
    place = await makePlace("embedded");
    project = await open({ cwd: folder, env: {}, builtin: true });
    await expect(project.create({ name: "add x", database: "nowhere", phase: 6 })).rejects.toMatchObject({
      name: "SocratesError",
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
