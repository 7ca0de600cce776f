/**
 * Builds parts of the package, or all of it, and replaces the output folder in one step, so that concurrent commands
 * see either the old or the new one as a whole. `node src/build/build.mjs [code] [image] [heads] [catalogs] [types]`;
 * `--if-changed` builds nothing if the sources are unchanged since the last full build, as npx in a checkout builds
 * again.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
const dist = path.join(root, "dist");
const fresh = `${dist}.new-${process.pid}`;
const words = process.argv.slice(2);
const onlyChanged = words.includes("--if-changed");
const parts = words.filter((word) => !word.startsWith("--"));
const isWhole = parts.length === 0;

/** The inputs of a full build. */
const sources = ["src", "migrations", "docs/schema.md", "package.json", "package-lock.json", "tsconfig.json"];
const stampFile = "sources.sha256";

/** @param {string} file */
function filesBelow(file) {
  const place = path.join(root, file);
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [file];
  return readdirSync(place, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(file, name))
    .filter((name) => statSync(path.join(root, name)).isFile())
    .sort();
}

/** A hash of all sources, by their names and contents: times change with each copy. */
function stamp() {
  const hash = createHash("sha256");
  for (const file of sources.flatMap(filesBelow))
    hash.update(`${file}\0`).update(readFileSync(path.join(root, file)));
  return hash.digest("hex");
}

/** @param {string[]} command */
function run(...command) {
  const { status } = spawnSync(process.execPath, command, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** The steps, each with the folder to build into. */
const steps = {
  code: () => {
    run("src/build/bundle.mjs", fresh);
    run(path.join(fresh, "makers/make-answers.js"), path.join(fresh, "answers"));
    run(path.join(fresh, "makers/make-engine.js"), path.join(fresh, "engine-edits.json"));
    run(path.join(fresh, "makers/make-extensions.js"), path.join(fresh, "extensions.json"));
  },
  image: () => run(path.join(fresh, "makers/make-image.js"), path.join(fresh, "image/clusters.br")),
  heads: () => run(path.join(fresh, "makers/make-heads.js"), fresh),
  catalogs: () => {
    const folder = path.join(fresh, "catalogs");
    rmSync(folder, { recursive: true, force: true });
    const entry = JSON.stringify(path.join(fresh, "entry.cjs"));
    const make = `makeCatalogs(${JSON.stringify(folder)})`;
    run("-e", `require(${entry}).loadProgram("build").then((program) => program.${make})`);
  },
  types: () => run("src/build/declarations.mjs", path.join(fresh, "types")),
};

/** Makes one user's output readable for all, as if root had built it. @param {string} folder */
function openToAll(folder) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) openToAll(place);
    else chmodSync(place, 0o644);
  }
}

/** Replaces the old folder with the new one. Another build may do the same at this moment. */
function swap() {
  const old = `${dist}.old-${process.pid}`;
  for (let tries = 0; ; tries++) {
    try {
      if (existsSync(dist)) renameSync(dist, old);
      renameSync(fresh, dist);
      break;
    } catch (error) {
      if (tries === 20) throw error;
    }
    rmSync(old, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

/** Removes the folders of killed builds. */
function removeLeftovers() {
  for (const name of readdirSync(root)) {
    const pid = /^dist\.(?:new|old)-(\d+)$/.exec(name)?.[1];
    if (pid === undefined) continue;
    try {
      process.kill(Number(pid), 0);
    } catch {
      rmSync(path.join(root, name), { recursive: true, force: true });
    }
  }
}

const now = stamp();
const kept = path.join(dist, stampFile);
const isCurrent = existsSync(kept) && readFileSync(kept, "utf8") === now;
if (!onlyChanged || !isCurrent) {
  removeLeftovers();
  process.on("exit", () => rmSync(fresh, { recursive: true, force: true }));
  // A partial build starts with a copy of the other parts; a full build starts empty.
  if (!isWhole && existsSync(dist)) cpSync(dist, fresh, { recursive: true });
  rmSync(path.join(fresh, stampFile), { force: true });
  for (const [name, step] of Object.entries(steps)) if (isWhole || parts.includes(name)) step();
  if (isWhole || isCurrent) writeFileSync(path.join(fresh, stampFile), now);
  openToAll(fresh);
  swap();
}
