import { isAscii } from "node:buffer";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onMessages } from "../faults/support/wire.ts";
import { startProxy } from "../runner/proxy.ts";
import { makePlace, type Place } from "../support/place.ts";

/**
 * What makes a program slow to start and large to install, as numbers that are the same on every machine. If a limit
 * is reached, check what was added; raising it is a decision.
 */
const root = path.resolve(import.meta.dirname, "../..");

function bytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const file = path.join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesOf(file) : statSync(file).size);
  }, 0);
}

const kilobyte = 1024;
const megabyte = 1024 * kilobyte;

describe("what a command evaluates and calls", () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace("server", { migrated: true });
  });
  afterAll(() => place.dispose());

  const counter = path.join(root, "test/support/count-code.cjs");
  /** The limits are a little above the values when they were written. */
  const limits: readonly (readonly [args: string, modules: number, kilobytes: number, ofNode: number])[] = [
    ["--version", 1, 5, 2],
    ["migrate --help", 1, 5, 2],
    ["status", 152, 411, 65],
    ["migrate --phase 0 --quiet", 179, 394, 65],
    ["diff --format json", 322, 504, 65],
    ["diagram --style mermaid", 310, 371, 65],
  ];
  it.each(limits)("%s: %i modules, %i KB, %i modules of Node", async (args, modules, kilobytes, ofNode) => {
    // The first start of a command writes its bytecode to the cache, a later one does not.
    await place.run(args.split(" "), { spawn: true });
    const { stderr } = await place.run(args.split(" "), {
      spawn: true,
      env: { NODE_OPTIONS: `--require ${counter}` },
    });
    const [, count, bytes, builtins] = /^modules (\d+) bytes (\d+) builtins (\d+)$/m.exec(stderr) ?? [];
    expect(Number(bytes)).toBeGreaterThan(1000);
    expect(Number(count)).toBeLessThanOrEqual(modules);
    expect(Number(bytes) / kilobyte).toBeLessThanOrEqual(kilobytes);
    expect(Number(builtins)).toBeLessThanOrEqual(ofNode);
  });
});

describe("messages to both servers, besides those of the login", () => {
  /** Both databases together; a migration is one message and its COMMIT. */
  const limits: readonly (readonly [args: string, migrated: boolean, messages: number])[] = [
    ["status", true, 4],
    ["migrate --phase 0 --quiet", true, 4],
    ["migrate --phase 0 --quiet", false, 18],
    ["diff --database auth", true, 4],
  ];
  it.each(limits)("%s (migrated before: %s): at most %i", async (args, migrated, messages) => {
    const place = await makePlace("server", { migrated });
    let sent = 0;
    const hooks = () =>
      onMessages({
        onQuery: (sql) => {
          // On a busy machine, long work is watched from a separate connection: see watchLocks.
          if (!sql.includes("pg_blocking_pids")) sent++;
          return true;
        },
      });
    const gates = await Promise.all(
      Object.entries(place.env).map(async ([name, url]) => ({
        name,
        url,
        gate: await startProxy(url, hooks),
      })),
    );
    const env = Object.fromEntries(gates.map(({ name, url, gate }) => [name, gate.url(url)]));
    const { exitCode, stderr } = await place.run(args.split(" "), { env });
    await Promise.all(gates.map(({ gate }) => gate.close()));
    await place.dispose();
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThanOrEqual(messages);
  });
});

describe("sizes", () => {
  it("the built program and library have at most 5.5 MB", () => {
    const scripts = ["dist", "dist/program", "dist/chunks"].flatMap((folder) =>
      readdirSync(path.join(root, folder))
        .filter((name) => /\.c?js$/.test(name))
        .map((name) => statSync(path.join(root, folder, name)).size),
    );
    expect(scripts.reduce((sum, size) => sum + size, 0) / megabyte).toBeLessThanOrEqual(5.5);
  });

  it("the built program is ASCII, which V8 stores in half the memory, and imports nothing by itself", () => {
    const [name = ""] = readdirSync(path.join(root, "dist/program")).filter((file) =>
      file.startsWith("program"),
    );
    const program = readFileSync(path.join(root, "dist/program", name));
    expect(isAscii(program)).toBe(true);
    // Node cannot import from a script whose bytecode was kept.
    expect(program.toString("latin1")).not.toMatch(/\bimport\(/);
  });

  it("the script and the styles of the page have at most 40 KB, which only report reads", () => {
    expect(bytesOf(path.join(root, "dist/page")) / kilobyte).toBeLessThanOrEqual(40);
  });

  it("the image of the embedded databases has at most 3 MB, the catalogs 0.1 MB", () => {
    expect(bytesOf(path.join(root, "dist/image")) / megabyte).toBeLessThanOrEqual(3);
    expect(bytesOf(path.join(root, "dist/catalogs")) / megabyte).toBeLessThanOrEqual(0.1);
  });

  it("what npm installs with it has at most 75 MB in 80 packages", () => {
    const lock: { packages: Record<string, { dev?: boolean; optional?: boolean }> } = JSON.parse(
      readFileSync(path.join(root, "package-lock.json"), "utf8"),
    );
    const installed = Object.entries(lock.packages)
      .filter(([name, { dev }]) => name !== "" && dev !== true)
      .map(([name]) => path.join(root, name));
    const bytes = installed.reduce((sum, folder) => sum + bytesOf(folder), 0);
    expect(installed.length).toBeLessThanOrEqual(80);
    expect(bytes / megabyte).toBeLessThanOrEqual(75);
  });
});
