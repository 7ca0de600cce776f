import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The measurements of one whole process. */
export interface Sample {
  readonly wallMs: number;
  /** User and system time of the process and its children; undefined without GNU time. */
  readonly cpuMs: number | undefined;
  /** Largest resident set of the process, in MB; undefined without GNU time. */
  readonly peakMb: number | undefined;
}

/** A command line with its environment. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The environment of every process, without variables that slow down any Node start: reading the certificates of
 * NODE_EXTRA_CA_CERTS alone takes some 50 ms, for bare Node and everything that runs on it.
 */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...rest } = process.env;
  return rest;
}

const environment = plainEnvironment();

const gnuTime = "/usr/bin/time";
const hasTime = process.platform === "linux" && existsSync(gnuTime);

function run(argv: readonly string[], { cwd, env }: Command): Promise<number> {
  const [program = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(program, args, {
      cwd,
      env: { ...environment, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2_000);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const wall = Number(process.hrtime.bigint() - started) / 1e6;
      if (code === 0) resolve(wall);
      else reject(new Error(`${argv.join(" ")} ended with ${code}:\n${errors}`));
    });
  });
}

/** Runs commands one after the other as one measurement: the sum of their times, and the largest peak. */
export async function measure(commands: readonly Command[]): Promise<Sample> {
  const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-bench-"));
  const file = path.join(folder, "time");
  const samples: Sample[] = [];
  for (const command of commands) {
    const prefix = hasTime ? [gnuTime, "-q", "-o", file, "-f", "%U %S %M"] : [];
    const wallMs = await run([...prefix, ...command.argv], command);
    const [user = 0, system = 0, peak = 0] = hasTime
      ? readFileSync(file, "utf8").trim().split(" ").map(Number)
      : [];
    samples.push({
      wallMs,
      cpuMs: hasTime ? (user + system) * 1000 : undefined,
      peakMb: hasTime ? peak / 1024 : undefined,
    });
  }
  rmSync(folder, { recursive: true });
  const sum = (pick: (sample: Sample) => number | undefined) =>
    samples.reduce<number | undefined>((total, sample) => {
      const value = pick(sample);
      return total === undefined || value === undefined ? undefined : total + value;
    }, 0);
  return {
    wallMs: samples.reduce((total, { wallMs }) => total + wallMs, 0),
    cpuMs: sum(({ cpuMs }) => cpuMs),
    peakMb: hasTime ? Math.max(...samples.map(({ peakMb }) => peakMb ?? 0)) : undefined,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function medianOf(
  samples: readonly Sample[],
  pick: (sample: Sample) => number | undefined,
): number | undefined {
  const values = samples.flatMap((sample) => pick(sample) ?? []);
  return values.length === 0 ? undefined : median(values);
}

/** One of several ways to do the same. */
export interface Contestant {
  readonly name: string;
  /** Preparation before each run; it is not measured. */
  readonly prepare?: () => Promise<void>;
  readonly commands: readonly Command[];
}

/** Runs contestants in turn, so that other load affects all of them; medians by name. */
export async function compare(
  contestants: readonly Contestant[],
  runs: number,
): Promise<ReadonlyMap<string, Sample>> {
  const samples = new Map<string, Sample[]>(contestants.map(({ name }) => [name, []]));
  // The first round warms up the system's caches and is discarded.
  for (let round = 0; round <= runs; round++) {
    for (const { name, prepare, commands } of contestants) {
      await prepare?.();
      const sample = await measure(commands);
      if (round > 0) samples.get(name)?.push(sample);
    }
  }
  return new Map(
    [...samples].map(([name, all]) => [
      name,
      {
        wallMs: medianOf(all, ({ wallMs }) => wallMs) ?? 0,
        cpuMs: medianOf(all, ({ cpuMs }) => cpuMs),
        peakMb: medianOf(all, ({ peakMb }) => peakMb),
      },
    ]),
  );
}
