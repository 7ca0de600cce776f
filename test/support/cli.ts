import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { isFree, runHere } from "./in-process.ts";
import { processTitle, refuseSecrets, secretsOf } from "./secrets.ts";
import { refuseUntidy } from "./tidy.ts";

export interface CliResult {
  /** The exit code, or the name of the signal that ended it. */
  readonly exitCode: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Added to an environment without databases. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with the process, to send it signals. */
  readonly onStart?: (child: ChildProcess) => void;
  /** A separate process: for tests of processes, streams, or the build's output. */
  readonly spawn?: boolean;
  /** The file that starts the program, instead of this checkout's. */
  readonly program?: string;
}

/** Names the folder in which the commands of one test run cache schemas; the setup creates and removes it. */
export const cacheVariable = "SOCRATES_DB_TEST_CACHE";

const program = path.resolve(import.meta.dirname, "../../bin/socrates-db.js");

/** The environment without variables that would lead a command to a user's databases or cache. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(PG|DATABASE_URL|SOCRATES_DB|NO_COLOR|FORCE_COLOR|NODE_OPTIONS|VITEST)/.test(name),
  );
  return { ...Object.fromEntries(kept), XDG_CACHE_HOME: process.env[cacheVariable] };
}

/** Set to run every command as users do: in a separate process, from the build and with the cache of earlier starts. */
const allApart = (process.env["SOCRATES_DB_TEST_APART"] ?? "") !== "";

/** Commands with many tests, most of whose time would be starting processes. */
const quick = new Set([
  "adopt",
  "create",
  "diagram",
  "diff",
  "doctor",
  "init",
  "migrate",
  "report",
  "rollback",
  "seed",
  "status",
  "trace",
  "verify",
]);

/**
 * Runs the program: in a separate process if the options or the command need it, else inside this one.
 * @throws Error if its output or its title contains a given password
 */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { env = {}, cwd = process.cwd(), onStart, spawn: apart = false, program: other } = options;
  const secrets = secretsOf([...args, ...Object.values(env)]);
  const inOwn =
    allApart ||
    other !== undefined ||
    onStart !== undefined ||
    apart ||
    !quick.has(args[0] ?? "") ||
    !isFree();
  const result = inOwn
    ? await spawnCli(args, options, secrets)
    : await runHere(args, { ...bareEnvironment(), ...env }, cwd);
  refuseSecrets("standard output", result.stdout, secrets);
  refuseSecrets("standard error", result.stderr, secrets);
  refuseUntidy(args, result);
  return result;
}

/** Runs the built program as a user would, in a separate process. */
function spawnCli(
  args: readonly string[],
  { env = {}, cwd = process.cwd(), onStart, program: started = program }: CliOptions,
  secrets: readonly string[],
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [started, ...args], {
      cwd,
      env: { ...bareEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    let titles = "";
    // The command line is visible until the program has read it, which it warns about.
    const typed = args.some((arg) => secrets.some((secret) => arg.includes(secret)));
    const look = () => {
      if (!typed) titles += processTitle(child.pid);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      look();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      look();
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      try {
        refuseSecrets("the title of the process", titles, secrets);
      } catch (error) {
        return reject(error);
      }
      resolve({ exitCode: code ?? signal ?? "unknown", stdout, stderr });
    });
    onStart?.(child);
  });
}
