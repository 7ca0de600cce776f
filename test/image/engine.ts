import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packInto } from "../package/pack.ts";

const root = path.resolve(import.meta.dirname, "../..");
/** The image of the tests. */
export const image = "localhost/socrates-db-test";
const runtime = "localhost/socrates-db-test-runtime";

/** The command line of a container engine that can build and run images here; undefined without one. */
export function findEngine(): string | undefined {
  return ["podman", "docker"].find((engine) => {
    // `docker info` also answers where only the client is installed.
    const found = spawnSync(engine, [
      "info",
      "--format",
      engine === "podman" ? "{{.Store.GraphRoot}}" : "{{.ServerVersion}}",
    ]);
    return found.status === 0 && found.stdout.toString().trim() !== "";
  });
}

/**
 * A base image like the one of the Dockerfile, which this machine may not be able to fetch: Node.js of this machine with
 * its libraries, and nothing else.
 */
function makeRuntime(engine: string, folder: string): void {
  const files = path.join(folder, "runtime");
  const node = path.join(files, "nodejs/bin/node");
  mkdirSync(path.dirname(node), { recursive: true });
  cpSync(process.execPath, node, { dereference: true });
  const libraries = execFileSync("ldd", [node], { encoding: "utf8" }).match(/\/\S+/g) ?? [];
  for (const library of libraries)
    cpSync(library, path.join(files, library), { dereference: true, recursive: true });
  mkdirSync(path.join(files, "tmp"), { mode: 0o1777 });
  mkdirSync(path.join(files, "etc"));
  writeFileSync(path.join(files, "etc/passwd"), "nonroot:x:65532:65532::/tmp:/nonexistent\n");
  const archive = path.join(folder, "runtime.tar");
  execFileSync("tar", ["-C", files, "-cf", archive, "."]);
  execFileSync(engine, ["import", archive, runtime], { stdio: "pipe" });
}

/** Builds the image of the Dockerfile from the package as it is packed here. @returns the folder that it was made in */
export function buildImage(engine: string): string {
  const { folder, archive } = packInto("socrates-db-image-");
  makeRuntime(engine, folder);
  // As the first stage of the Dockerfile does it, which this folder replaces.
  const app = path.join(folder, "stage-app/app");
  mkdirSync(app, { recursive: true });
  const install = [
    "install",
    "--omit=dev",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefix",
    app,
    archive,
  ];
  execFileSync("npm", install, { cwd: app, stdio: "pipe" });
  const build = [
    "build",
    ...["--file", path.join(root, "Dockerfile"), "--tag", image],
    ...[
      "--build-context",
      `app=${path.join(folder, "stage-app")}`,
      "--build-arg",
      `RUNTIME_IMAGE=${runtime}`,
    ],
    // Only Docker's own format has health checks.
    ...(engine === "podman" ? ["--format", "docker"] : []),
    folder,
  ];
  execFileSync(engine, build, { stdio: "pipe" });
  return folder;
}
