import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
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

type Outcome = "killed" | "survived" | "invalid";

/** Tests that take longer than this are hanging. */
const hangs = 15 * 60_000;

const allTests = git(
  "ls-files",
  "-z",
  "--cached",
  "--others",
  "--exclude-standard",
  "test/**/*.test.ts",
).filter((test) => !test.startsWith("test/faults"));

/** Runs test files. @returns the failing ones; with `bail`, only the first */
function failing(copy: string, tests: readonly string[], bail: boolean): string[] {
  const report = path.join(copy, "mutants.json");
  const config = ["--config", "test/mutants/vitest.config.ts", "--root", "."];
  const output = ["--reporter", "json", "--outputFile", report, "--bail", bail ? "1" : "0"];
  const { status } = spawnSync("npx", ["vitest", "run", ...config, ...output, ...tests], {
    cwd: copy,
    stdio: "ignore",
    timeout: hangs,
  });
  if (status === 0) return [];
  const { testResults }: { testResults: { name: string; status: string }[] } = existsSync(report)
    ? JSON.parse(readFileSync(report, "utf8"))
    : { testResults: [] };
  rmSync(report, { force: true });
  const failed = testResults.filter((result) => result.status === "failed");
  // A run that was ended, or without a readable result, has not passed.
  return failed.length > 0 ? failed.map(({ name }) => path.relative(copy, name)) : [...tests];
}

function judge(copy: string, { file, mutant, text }: Change, healthy: readonly string[]): Outcome {
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
    return failing(copy, testsOf(file, healthy), true).length === 0 ? "survived" : "killed";
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
  const broken = failing(copy, asked, false);
  for (const test of broken) say(`not asked, as it fails without any change: ${test}`);
  const healthy = asked.filter((test) => !broken.includes(test));
  const counts: Record<Outcome, number> = { killed: 0, survived: 0, invalid: 0 };
  for (const change of sample) {
    const outcome = judge(copy, change, healthy);
    counts[outcome]++;
    say(`${outcome.padEnd(8)}  ${describeChange(change)}`);
  }
  const judged = counts.killed + counts.survived;
  say(
    `seed ${values.seed}: ${counts.killed} of ${judged} killed (${((100 * counts.killed) / Math.max(1, judged)).toFixed(0)} %)`,
  );
} finally {
  rmSync(copy, { recursive: true, force: true });
}
