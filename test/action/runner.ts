import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

const root = path.resolve(import.meta.dirname, "../..");

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

export const actionText = readFileSync(path.join(root, "action.yml"), "utf8");
export const action: Action = parse(actionText);

export interface ActionRun {
  readonly exitCode: number | null;
  readonly log: string;
  readonly summary: string;
  /** By name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** The expressions of `env` of the action: inputs, its folder, and the token, of which there is none by default. */
function evaluate(text: string, inputs: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(.+?)\s*\}\}/g, (_, expression: string) => {
    if (expression === "github.action_path") return root;
    if (expression === "github.token") return "";
    const [, name = ""] = /^inputs\.([\w-]+)$/.exec(expression) ?? [];
    const value = inputs[name];
    if (value === undefined) throw new Error(`unknown expression ${expression}`);
    return value;
  });
}

/**
 * Runs the shell steps of action.yml as a runner does, with the environment that the file states.
 * @param env in addition to PATH and HOME, such as connection strings
 */
export async function runAction(
  workspace: string,
  given: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<ActionRun> {
  const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default]);
  const inputs = { ...Object.fromEntries(defaults), ...given };
  const temporary = mkdtempSync(path.join(workspace, "..", "runner-"));
  const file = (name: string) => {
    const place = path.join(temporary, name);
    writeFileSync(place, "");
    return place;
  };
  const runner = {
    PATH: process.env["PATH"] ?? "",
    HOME: temporary,
    XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] ?? temporary,
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: "owner/name",
    GITHUB_SERVER_URL: "https://github.invalid",
    GITHUB_RUN_ID: "7",
    GITHUB_OUTPUT: file("output"),
    GITHUB_STEP_SUMMARY: file("summary"),
    RUNNER_TEMP: temporary,
    ...env,
  };
  let log = "";
  let exitCode: number | null = 0;
  for (const { run, env: stated = {} } of action.runs.steps) {
    if (run === undefined || exitCode !== 0) continue;
    const own = Object.entries(stated).map(([name, text]) => [
      name,
      evaluate(evaluate(text, inputs), inputs),
    ]);
    // As GitHub starts `shell: bash`.
    const script = path.join(temporary, "step.sh");
    writeFileSync(script, evaluate(run, inputs));
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      cwd: workspace,
      env: { ...runner, ...Object.fromEntries(own) },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        log += text;
      });
    exitCode = await new Promise((resolve) => child.on("close", resolve));
  }
  const outputs = readFileSync(runner.GITHUB_OUTPUT, "utf8").trimEnd().split("\n");
  return {
    exitCode,
    log,
    summary: readFileSync(runner.GITHUB_STEP_SUMMARY, "utf8"),
    outputs: Object.fromEntries(
      outputs.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    ),
  };
}
