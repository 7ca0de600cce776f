import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-kept-"));
  for (const [name, sql] of [
    ["one", "CREATE TABLE t (id int);"],
    ["two", "CREATE TABLE t (id int); CREATE TABLE evil (id int);"],
  ] as const)
    writeFileSync(path.join(folder, `${name}.sql`), sql);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const kept = () => path.join(folder, "cache", "socrates-db");
const files = () => readdirSync(kept()).filter((name) => name.endsWith(".json.gz"));

/** Compares two SQL files, with the cache of earlier runs of the test. */
async function compared(from: string, to: string, program?: string) {
  const args = ["diff", "--from", `${from}.sql`, "--to", `${to}.sql`, "--database", "auth", "--quiet"];
  const { exitCode } = await runCli(args, {
    cwd: folder,
    ...(program !== undefined && { program }),
    env: { XDG_CACHE_HOME: path.join(folder, "cache") },
  });
  return exitCode;
}

/** The cached catalogs of the two files. */
async function two(): Promise<readonly [one: string, two: string]> {
  expect(await compared("one", "one")).toBe(0);
  const [one = ""] = files();
  expect(await compared("two", "two")).toBe(0);
  const other = files().find((name) => name !== one) ?? "";
  return [path.join(kept(), one), path.join(kept(), other)];
}

const isRoot = process.geteuid?.() === 0;

describe("cached catalogs (fault 51)", () => {
  it("are their owner's alone, and used again", async () => {
    const [one] = await two();
    const before = statSync(one);
    if (process.platform !== "win32") expect(before.mode & 0o777).toBe(0o600);
    expect(await compared("one", "two")).toBe(1);
    expect(statSync(one).mtimeMs).toBe(before.mtimeMs);
    expect(files()).toHaveLength(2);
  });

  it.skipIf(process.platform === "win32").each<[who: string, expose: (file: string) => void]>([
    ["all may write", (file) => chmodSync(file, 0o666)],
    ["a group may write", (file) => chmodSync(file, 0o660)],
    // Only root can change a file's owner.
    ["another user owns", (file) => (isRoot ? chownSync(file, 65534, 65534) : chmodSync(file, 0o622))],
  ])("are not believed where %s them", async (_, expose) => {
    const [one, other] = await two();
    copyFileSync(one, other);
    expose(other);
    expect(await compared("one", "two")).toBe(1);
    // It was not accepted as a cached file, and so was replaced.
    expect(statSync(other).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["cut off", (content: Buffer) => content.subarray(0, content.length >> 1)],
    ["another byte", (content: Buffer) => content.fill(0xa5, content.length - 40, content.length - 39)],
    ["empty", () => Buffer.alloc(0)],
    ["without its hash", (content: Buffer) => content.subarray(0, -32)],
  ])("are made again where damaged: %s", async (_, damage) => {
    const [, other] = await two();
    const sound = readFileSync(other).length;
    writeFileSync(other, damage(readFileSync(other)));
    expect(await compared("one", "two")).toBe(1);
    expect(readFileSync(other)).toHaveLength(sound);
  });

  it("are removed when they were not used for a month; a use counts", async () => {
    const [one, other] = await two();
    const days = (count: number) => Date.now() / 1000 - count * 24 * 3600;
    const stray = path.join(kept(), "0123.json.gz.77");
    writeFileSync(stray, "half a file of a run that was killed");
    for (const file of [other, stray]) utimesSync(file, days(40), days(40));
    utimesSync(one, days(20), days(20));
    writeFileSync(path.join(folder, "three.sql"), "CREATE TABLE three (id int);");
    expect(await compared("one", "three")).toBe(1);
    expect([one, other, stray].map((file) => existsSync(file))).toEqual([true, false, false]);
    expect(statSync(one).mtimeMs / 1000).toBeGreaterThan(days(1));
  });

  it("of another build are not used, though its version is the same", async () => {
    const root = path.resolve(import.meta.dirname, "../..");
    const copy = path.join(folder, "package");
    for (const name of [
      "src",
      "bin",
      "dist",
      "docs",
      "migrations",
      "package.json",
      "package-lock.json",
      "tsconfig.json",
    ])
      cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"), "junction");
    const program = path.join(copy, "bin/socrates-db.js");
    const built = async () => {
      const { status } = spawnSync(process.execPath, ["src/build/bundle.mjs"], { cwd: copy });
      expect(status).toBe(0);
      expect(await compared("one", "one", program)).toBe(0);
      return files().length;
    };
    expect(await built()).toBe(1);
    expect(await built()).toBe(1);
    appendFileSync(path.join(copy, "src/catalog/read.ts"), "\n// Reads something else.\n");
    expect(await built()).toBe(2);
  });
});
