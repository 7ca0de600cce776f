import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { installPackage } from "../support/installed.ts";
import { makePlace, type Place, sampledEngines } from "../support/place.ts";
import { writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "socrates-db-uncaught-"));
  writeProject(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bin = path.resolve(import.meta.dirname, "../../bin/socrates-db.js");
const preload = path.resolve(import.meta.dirname, "../fixtures/throw-later.cjs");

/** Runs the built program with only the given environment; the output may have a stack, so not by `runCli`. */
function run(args: readonly string[], env: Record<string, string> = {}, cwd = folder) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
    encoding: "utf8",
  });
  return { exitCode: status, stdout, stderr };
}

describe("uncaught errors", () => {
  it.each(["timer", "promise", "text"])("is an error of one line and a hint, without a stack: %s", (way) => {
    const env = { NODE_OPTIONS: `--require ${preload}`, TEST_WAY: way };
    const { exitCode, stdout, stderr } = run(["migrate", "--phase", "0", "--quiet", "--format", "json"], env);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^error: unexpected error: \w+ postgresql:\/\/u:\*\*\*@h\/d\nhint: .*--verbose.*\n$/,
    );
    expect(JSON.parse(stdout).error.code).toBe("unexpected");
    expect(`${stdout}${stderr}`).not.toContain("hunter9secret");
    const verbose = run(["migrate", "--phase", "1", "--verbose"], env);
    expect(verbose.stderr).toMatch(/^ {2}\| +at /m);
    expect(verbose.stderr).not.toContain("hunter9secret");
  });
});

describe("incomplete environments (fault 52)", () => {
  it("a working directory that was removed", () => {
    const gone = path.join(folder, "gone");
    const script = `mkdir "${gone}" && cd "${gone}" && rmdir "${gone}" && exec "${process.execPath}" "${bin}" "$@"`;
    for (const args of [["status"], ["migrate", "--format", "json"], ["doctor"]]) {
      const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", script, "sh", ...args], {
        encoding: "utf8",
      });
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr:
          "error: the working directory no longer exists\nhint: Change to a folder that exists, for example with: cd\n",
      });
      if (args.includes("json")) expect(JSON.parse(stdout).error.code).toBe("folder-missing");
    }
  });
  it.skipIf(process.getuid?.() !== 0)("a home directory, for a user without a name", () => {
    const modules = path.join(mkdtempSync(path.join(tmpdir(), "socrates-db-nameless-")), "node_modules");
    const program = installPackage(modules);
    const work = path.resolve(modules, "../work");
    mkdirSync(work);
    for (const name of [path.dirname(modules), work]) chmodSync(name, 0o777);
    for (const args of [
      ["status"],
      ["migrate", "--phase", "0"],
      ["diff", "--from", "document", "--to", "migrations"],
    ]) {
      const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
        cwd: work,
        env: { PATH: process.env["PATH"] },
        uid: 54_321,
        gid: 54_321,
        encoding: "utf8",
      });
      expect({ status, stderr: status === 0 ? "" : stderr }, args.join(" ")).toEqual({
        status: 0,
        stderr: "",
      });
    }
    rmSync(path.dirname(modules), { recursive: true, force: true });
  });
  it("AbortSignal.any, as before Node 20.3", async () => {
    const place = await makePlace("embedded", { migrated: true });
    const env = { NODE_OPTIONS: `--require ${preload}`, TEST_WAY: "any" };
    expect(await place.run(["seed", "--users", "1", "--quiet"], { env, spawn: true })).toMatchObject({
      exitCode: 0,
    });
    await place.dispose();
  });
  it("what npm ci --ignore-scripts does not build", () => {
    const copy = path.join(folder, "unbuilt");
    cpSync(path.resolve(bin, ".."), path.join(copy, "bin"), { recursive: true });
    const unbuilt = (args: readonly string[]) =>
      spawnSync(process.execPath, [path.join(copy, "bin/socrates-db.js"), ...args], { encoding: "utf8" });
    const { status, stderr } = unbuilt(["status"]);
    expect({ status, stderr: stderr.replace(copy, "<folder>") }).toMatchInlineSnapshot(`
      {
        "status": 2,
        "stderr": "error: socrates-db is not built: dist/entry.cjs does not exist
      hint: Run \`npm run build\` in <folder>, or install socrates-db again.
      ",
      }
    `);
    expect(JSON.parse(unbuilt(["status", "--format", "json"]).stdout).error.code).toBe("not-built");
    for (const part of ["program", "answers"]) {
      cpSync(path.resolve(bin, "../../dist"), path.join(copy, "dist"), { recursive: true });
      rmSync(path.join(copy, "dist", part), { recursive: true });
      const half = unbuilt(["status"]);
      expect(half.stderr).not.toMatch(/^ {2}\| +at /m);
    }
  });
});

describe.each(sampledEngines("server"))(
  "an empty ledger, as after rollback --to 0, %s (fault 52)",
  (engine) => {
    let place: Place;
    beforeEach(async () => {
      place = await makePlace(engine);
      await place.run(["migrate", "--phase", "0"]);
      expect((await place.run(["rollback", "--to", "0"])).exitCode).toBe(0);
    });
    afterEach(() => place.dispose());
    it.each([
      "diff",
      "diff --from migrations --to live",
      "verify schema",
      "verify indexes",
      "verify references",
      "diagram --diff",
    ])("%s", async (line) => {
      const args = line.split(" ");
      const { exitCode, stdout, stderr } = await place.run(args);
      expect({ exitCode, stderr: stderr.replace(/^using .*\n/, "") }).toEqual({ exitCode: 0, stderr: "" });
      if (args[0] === "diff") expect(stdout).toContain("before phase 0");
    });
    it("and other objects are unexpected", async () => {
      await place.query("auth", "CREATE TABLE stray (id int)");
      const { exitCode, stdout } = await place.run(["diff", "--format", "json"]);
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout).findings).toMatchObject([{ code: "unexpected", object: "public.stray" }]);
    });
  },
);

describe("a database without a ledger", () => {
  it("by its URL it is compared with the last phase", async () => {
    const place = await makePlace("server");
    await place.query("auth", "CREATE TABLE pots (id int PRIMARY KEY)");
    const to = ["--to", place.env["DATABASE_URL_AUTH"] ?? "", "--database", "auth"];
    const { exitCode, stdout } = await place.run(["diff", ...to, "--format", "json"]);
    expect(exitCode).toBe(1);
    const found: { object: string; code: string }[] = JSON.parse(stdout).findings;
    expect(found).toContainEqual(expect.objectContaining({ code: "missing", object: "public.users" }));
    expect(found).toContainEqual(expect.objectContaining({ code: "unexpected", object: "public.pots" }));
    expect((await runCli(["diagram", "--source", to[1] ?? "", "--database", "auth"])).stdout).toContain(
      "pots",
    );
    expect((await refusal(place, ["diff"])).code).toBe("ledger-missing");
    await place.dispose();
  });
});
