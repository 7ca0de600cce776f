import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { majorVersion } from "../../src/database/embedded/directory.ts";
import { runCli } from "../support/cli.ts";
import { makePlace, type Place } from "../support/place.ts";
import { writeProject } from "../support/project.ts";
import { refusal } from "../support/refusal.ts";

let place: Place;
beforeEach(async () => {
  place = await makePlace("embedded");
  writeProject(place.folder);
});
afterEach(() => place.dispose());

const inData = (...names: string[]) => path.join(place.folder, ".socrates-db", ...names);
const migrate = async (args: readonly string[] = []) => {
  const { exitCode, stderr } = await place.run(["migrate", ...args]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
};

/** Removes every empty folder, as git, zip and artifact stores do. */
function withoutEmptyFolders(folder: string): number {
  let removed = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (!entry.isDirectory()) continue;
    removed += withoutEmptyFolders(inside);
    if (readdirSync(inside).length > 0) continue;
    rmdirSync(inside);
    removed++;
  }
  return removed;
}

it("a folder without its empty folders is repaired (fault 49)", async () => {
  await migrate(["--phase", "0"]);
  expect(withoutEmptyFolders(inData("auth"))).toBeGreaterThan(5);
  expect(withoutEmptyFolders(inData("specs"))).toBeGreaterThan(5);
  await migrate();
  expect((await place.run(["status", "--check"])).exitCode).toBe(0);
});

it("it is excluded from version control, and other folders are not changed", async () => {
  await migrate();
  expect(readFileSync(inData(".gitignore"), "utf8")).toBe("*\n");
  mkdirSync(path.join(place.folder, "mine"));
  await migrate(["--data-dir", "mine"]);
  expect(readdirSync(path.join(place.folder, "mine")).sort()).toEqual(["auth", "specs"]);
});

it.each(["12", "19"])("a database of PostgreSQL %s is named, with what to do", async (version) => {
  await migrate();
  expect(readFileSync(inData("auth/PG_VERSION"), "utf8").trim()).toBe(majorVersion);
  writeFileSync(inData("auth/PG_VERSION"), `${version}\n`);
  const { code, text } = await refusal(place, ["status"]);
  expect(code).toBe("embedded-failed");
  expect(text).toContain(
    `is of PostgreSQL ${version}, and this version of socrates-db runs PostgreSQL ${majorVersion}`,
  );
  expect(text).toMatch(/hint: Copy its rows with the version of socrates-db that created it/);
});

it.each(["a#b? 100%25", "% ü 'quoted'"])("a path with %s", async (name) => {
  const folder = path.join(place.folder, name);
  cpSync(path.join(place.folder, "migrations"), path.join(folder, "migrations"), { recursive: true });
  cpSync(path.join(place.folder, "socrates-db.config.json"), path.join(folder, "socrates-db.config.json"));
  const first = await runCli(["migrate", "--phase", "0"], { cwd: folder });
  expect(first).toMatchObject({ exitCode: 0 });
  expect(await runCli(["migrate"], { cwd: folder })).toMatchObject({ exitCode: 0 });
  expect(existsSync(path.join(folder, ".socrates-db/auth/PG_VERSION"))).toBe(true);
});

it("an existing empty folder, such as the root of a volume, is filled, even after a killed start", async () => {
  mkdirSync(inData("auth"), { recursive: true });
  mkdirSync(inData("specs"));
  writeFileSync(inData("specs/socrates-db.partial"), "");
  mkdirSync(inData("specs/base"));
  writeFileSync(inData("specs/PG_VERSION"), "");
  await migrate();
  for (const key of ["auth", "specs"])
    expect(readdirSync(inData(key)).filter((name) => name.startsWith("socrates-db"))).toEqual([
      "socrates-db.ledger.json",
    ]);
});

describe.skipIf(process.getuid?.() !== 0)("with the privileges of root", () => {
  it("a folder without permission does not count as empty", async () => {
    await migrate();
    const work = path.join(place.folder, "work");
    mkdirSync(work);
    for (const name of [place.folder, work, inData()]) chmodSync(name, 0o755);
    const bin = path.resolve(import.meta.dirname, "../../bin/socrates-db.js");
    for (const args of [["status"], ["migrate"], ["doctor"], ["diff", "--from", "migrations"]]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
        cwd: work,
        env: { PATH: process.env["PATH"], HOME: "/nonexistent" },
        uid: 65_534,
        gid: 65_534,
        encoding: "utf8",
      });
      expect(status, args.join(" ")).toBe(args[0] === "doctor" ? 1 : 2);
      expect(`${stdout}${stderr}`).toContain("cannot be read: permission denied");
      expect(`${stdout}${stderr}`).not.toContain("nothing applied");
    }
  });
  it("one database under two paths lets in one process (fault 49)", async ({ skip }) => {
    await migrate();
    const other = path.join(place.folder, "other");
    for (const key of ["auth", "specs"]) mkdirSync(path.join(other, key), { recursive: true });
    const mounts = ["auth", "specs"].map((key) => [inData(key), path.join(other, key)] as const);
    const bound = mounts.every(([from, to]) => spawnSync("mount", ["--bind", from, to]).status === 0);
    skip(!bound, "this machine mounts nothing");
    try {
      const holder = path.join(inData("auth"), "socrates-db.lock");
      const running = {
        ...JSON.parse(execFileSync(process.execPath, ["-e", identify], { encoding: "utf8" })),
        pid: process.pid,
        started: readFileSync(`/proc/${process.pid}/stat`, "utf8")
          .replace(/^.*\) /, "")
          .split(" ")[19],
        token: "other",
        command: "socrates-db.js",
      };
      writeFileSync(holder, JSON.stringify(running));
      const { code, text } = await refusal(place, ["status", "--data-dir", other]);
      expect(code).toBe("embedded-locked");
      expect(text).toContain(`is in use by process ${process.pid}`);
      rmSync(holder);
      expect(await place.run(["status", "--data-dir", other])).toMatchObject({ exitCode: 0 });
    } finally {
      for (const [, to] of mounts) spawnSync("umount", [to]);
    }
  });
});

/** Prints the identity of a process of this machine. */
const identify = `const fs = require("node:fs");
console.log(JSON.stringify({
  host: require("node:os").hostname(),
  boot: fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
  pidSpace: fs.readlinkSync("/proc/self/ns/pid"),
}))`;

it("a file system without hard links", async () => {
  const preload = path.join(place.folder, "no-links.cjs");
  writeFileSync(
    preload,
    `require("node:fs").linkSync = () => { throw Object.assign(new Error("operation not permitted"), { code: "EPERM" }); };
     require("node:module").syncBuiltinESMExports();`,
  );
  const env = { NODE_OPTIONS: `--require ${preload}` };
  expect(await place.run(["migrate"], { env, spawn: true })).toMatchObject({ exitCode: 0 });
  expect(await place.run(["status", "--check"], { env, spawn: true })).toMatchObject({ exitCode: 0 });
  expect(readdirSync(inData()).filter((name) => name.includes(".lock"))).toEqual([]);
});

describe("hints fit the cause (fault 49)", () => {
  const damaged: readonly (readonly [what: string, damage: () => void, hint: string])[] = [
    [
      "a control file that is empty",
      () => writeFileSync(inData("auth/global/pg_control"), ""),
      "damaged or incomplete",
    ],
    [
      "a control file that is missing",
      () => rmSync(inData("auth/global/pg_control")),
      "damaged or incomplete",
    ],
    ["no write-ahead log", () => rmSync(inData("auth/pg_wal"), { recursive: true }), "damaged or incomplete"],
    [
      "settings that cannot be read",
      () => appendFileSync(inData("auth/postgresql.conf"), "\nno_such = x y z\n"),
      "damaged or incomplete|Run the command again",
    ],
  ];
  it.each(damaged)("%s", async (_, damage, hint) => {
    await migrate();
    damage();
    const { exitCode, stderr } = await place.run(["status"]);
    if (exitCode === 0) return;
    expect(stderr).toMatch(new RegExp(`^hint: .*(${hint})`, "m"));
    expect(stderr).not.toContain("the disk");
  });
});
