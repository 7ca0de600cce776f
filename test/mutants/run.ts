import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Mutant, mutantsOf, mutated } from "./mutate.ts";
import { testsOf } from "./tests-of.ts";

/**
 * `npm run mutants -- --files src/diff/ignore.ts --sample 20 --seed 1`: changes one thing of the program at a time, in a copy
 * of the tree, and counts the changes that the tests of its folder notice. A sample is the same for the same seed.
 */
const { values } = parseArgs({
  options: {
    files: {
      type: "string",
      multiple: true,
      default: ["src/diff", "src/runner", "src/ledger", "src/verify"],
    },
    sample: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
  },
});

interface Change {
  readonly file: string;
  readonly mutant: Mutant;
  readonly text: string;
}

const git = (...args: readonly string[]) =>
  execFileSync("git", [...args], { encoding: "utf8" })
    .split("\0")
    .filter(Boolean);

function sampleOf(files: readonly string[], size: number, seed: string): Change[] {
  const rank = ({ file, mutant }: Change) =>
    createHash("sha256")
      .update(JSON.stringify([seed, file, mutant]))
      .digest("hex");
  return files
    .flatMap((file) => {
      const text = readFileSync(file, "utf8");
      return mutantsOf(text).map((mutant) => ({ file, mutant, text }));
    })
    .map((change) => ({ change, order: rank(change) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .slice(0, size)
    .map(({ change }) => change);
}

/** A copy of the working tree to change, with the same dependencies. */
function copyTree(): string {
  const copy = mkdtempSync(path.join(tmpdir(), "socrates-db-mutants-"));
  for (const file of git("ls-files", "-z", "--cached", "--others", "--exclude-standard"))
    cpSync(file, path.join(copy, file));
  symlinkSync(path.resolve("node_modules"), path.join(copy, "node_modules"));
  cpSync("dist", path.join(copy, "dist"), { recursive: true });
  return copy;
}

/** As in Stryker, a change that makes the tests hang counts as noticed. */
type Outcome = "killed" | "timeout" | "survived" | "invalid";

const allTests = git(
  "ls-files",
  "-z",
  "--cached",
  "--others",
  "--exclude-standard",
  "test/**/*.test.ts",
).filter((test) => !test.startsWith("test/faults"));

/** Runs vitest on test files. @returns its exit code; null if it was ended after `limit` milliseconds */
async function runTests(copy: string, args: readonly string[], limit: number): Promise<number | null> {
  const config = ["--config", "test/mutants/vitest.config.ts", "--root", "."];
  const child = spawn("npx", ["vitest", "run", ...config, ...args], {
    cwd: copy,
    stdio: "ignore",
    // A group of processes, as one that spins has to be killed with its parents.
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("vitest did not start");
  const timer = Number.isFinite(limit) ? setTimeout(() => process.kill(-pid, "SIGKILL"), limit) : undefined;
  const [code] = await once(child, "exit");
  clearTimeout(timer);
  return code;
}

/** Runs test files. @returns the failing ones, with `bail` only the first; null if they hang */
async function failing(
  copy: string,
  tests: readonly string[],
  { bail, limit }: { readonly bail: boolean; readonly limit: number },
): Promise<string[] | null> {
  const report = path.join(copy, "mutants.json");
  const output = ["--reporter", "json", "--outputFile", report, "--bail", bail ? "1" : "0"];
  const code = await runTests(copy, [...output, ...tests], limit);
  if (code === 0) return [];
  if (code === null) return null;
  const { testResults }: { testResults: { name: string; status: string }[] } = existsSync(report)
    ? JSON.parse(readFileSync(report, "utf8"))
    : { testResults: [] };
  rmSync(report, { force: true });
  const failed = testResults.filter((result) => result.status === "failed");
  // A run that was ended, or without a readable result, has not passed.
  return failed.length > 0 ? failed.map(({ name }) => path.relative(copy, name)) : [...tests];
}

async function judge(
  copy: string,
  { file, mutant, text }: Change,
  { healthy, limit }: { readonly healthy: readonly string[]; readonly limit: number },
): Promise<Outcome> {
  const place = path.join(copy, file);
  writeFileSync(place, mutated(text, mutant));
  try {
    const build = spawnSync(process.execPath, ["src/build/build.mjs", "code"], {
      cwd: copy,
      encoding: "utf8",
    });
    if (build.status === null) throw new Error(`the build was ended: ${build.signal ?? build.error}`);
    if (build.status !== 0) {
      process.stderr.write(build.stderr);
      return "invalid";
    }
    const failed = await failing(copy, testsOf(file, healthy), { bail: true, limit });
    if (failed === null) return "timeout";
    return failed.length === 0 ? "survived" : "killed";
  } finally {
    writeFileSync(place, text);
  }
}

function describeChange({ file, mutant, text }: Change): string {
  const before = text.slice(0, mutant.start).split("\n");
  const oneLine = (part: string) => part.replace(/\s+/g, " ");
  const change = `${oneLine(text.slice(mutant.start, mutant.end))} -> ${oneLine(mutant.replacement)}`;
  return `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}  ${change}`;
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const files = values.files.flatMap((name) =>
  statSync(name).isDirectory() ? git("ls-files", "-z", `${name}/*.ts`) : [name],
);
const sample = sampleOf(files, Number(values.sample), values.seed);
const copy = copyTree();
try {
  const asked = [...new Set(sample.flatMap(({ file }) => testsOf(file, allTests)))].sort();
  const started = performance.now();
  const broken = (await failing(copy, asked, { bail: false, limit: Number.POSITIVE_INFINITY })) ?? asked;
  // A part of the tests that takes longer than all of them without a change is hanging.
  const limit = performance.now() - started;
  for (const test of broken) say(`not asked, as it fails without any change: ${test}`);
  const healthy = asked.filter((test) => !broken.includes(test));
  const counts: Record<Outcome, number> = { killed: 0, timeout: 0, survived: 0, invalid: 0 };
  for (const change of sample) {
    const outcome = await judge(copy, change, { healthy, limit });
    counts[outcome]++;
    say(`${outcome.padEnd(8)}  ${describeChange(change)}`);
  }
  const noticed = counts.killed + counts.timeout;
  const judged = noticed + counts.survived;
  say(
    `seed ${values.seed}: ${noticed} of ${judged} killed (${((100 * noticed) / Math.max(1, judged)).toFixed(0)} %)`,
  );
} finally {
  rmSync(copy, { recursive: true, force: true });
}
