import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";
import { buildImage, findEngine, image } from "./engine.ts";

const engine = findEngine();
if (engine === undefined) process.stderr.write("no container engine is here: the image is not tested\n");

let folder: string;
let place: Place;
beforeAll(async () => {
  if (engine === undefined) return;
  folder = buildImage(engine);
  place = await makePlace("server");
});
afterAll(async () => {
  if (engine === undefined) return;
  spawnSync(engine, ["rmi", "--force", image]);
  rmSync(folder, { recursive: true, force: true });
  await place.dispose();
});

function call(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(engine ?? "", args, { encoding: "utf8" });
  return { status, stdout, stderr };
}

/** Limits that engines without privileges may set. */
const limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024", "--network", "host"];
/** The strictest settings that orchestrators have. */
const strict = [...limits, "--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges"];
const urls = () => Object.entries(place.env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
const run = (...args: readonly string[]) => call("run", "--rm", ...strict, ...urls(), image, ...args);

describe.skipIf(engine === undefined)("the image, without privileges and on a read-only file system", () => {
  it("migrates and says so, with the program's exit codes", () => {
    expect(run("migrate", "--builtin", "--phase", "3").status).toBe(0);
    expect(run("diff", "--builtin").stdout).toContain("no findings");
    const pending = run("status", "--builtin", "--check");
    expect({ status: pending.status, text: pending.stdout }).toMatchObject({
      status: 1,
      text: expect.stringContaining("pending"),
    });
    expect(run("status", "--builtin", "--wait", "--phase", "3", "--timeout", "5s").status).toBe(0);
    expect(run("status", "--builtin", "--wait", "--phase", "4", "--timeout", "1s").status).toBe(1);
    expect(run("nonsense").status).toBe(2);
  });

  it("without a config file, migrates nothing unless that is wanted", () => {
    const { status, stderr } = run("migrate");
    expect(status).toBe(2);
    expect(stderr).toContain("no socrates-db.config.json was found in /work");
  });

  it("runs the embedded engine, whose shadows need no file", () => {
    const { status, stdout, stderr } = run("verify", "phases", "--builtin");
    expect({ status, text: `${stdout}${stderr}` }).toMatchObject({
      status: 0,
      text: expect.stringContaining("additions only"),
    });
  });

  it("says that embedded databases need a folder that can be written", () => {
    const { status, stderr } = call("run", "--rm", ...strict, image, "migrate", "--builtin");
    expect(status).toBe(2);
    expect(stderr).toContain("embedded database /work/.socrates-db/auth cannot be created");
  });

  it("is not of root, has no shell, and stays small", () => {
    const [inspected] = JSON.parse(call("inspect", "--type", "image", image).stdout);
    expect(inspected.Config ?? inspected.ContainerConfig).toMatchObject({ User: "65532:65532" });
    expect(call("run", "--rm", ...limits, "--entrypoint", "/bin/sh", image, "-c", "true").status).not.toBe(0);
    // Node.js has 105 MB of it.
    expect(inspected.Size).toBeLessThan(160 * 1024 * 1024);
  });

  it("has a health check that connects to the databases", () => {
    const [id = ""] = call(
      "run",
      "--detach",
      ...strict,
      ...urls(),
      image,
      "status",
      "--builtin",
      "--wait",
      "--timeout",
      "60s",
    )
      .stdout.trim()
      .split("\n")
      .slice(-1);
    try {
      const [{ Config: config }] = JSON.parse(call("inspect", id).stdout);
      const check: string[] = config.Healthcheck.Test;
      expect(check[0]).toBe("CMD");
      expect(call("exec", id, ...check.slice(1), "--builtin").status).toBe(0);
    } finally {
      call("rm", "--force", id);
    }
  });
});
