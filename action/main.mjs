/** Runs `socrates-db report` for the action, and passes its results to GitHub. */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { changedFiles } from "./changed-files.mjs";
import { ApiError, headOf, writeComment } from "./comment.mjs";
import { configFileOf, eventOf, input, programCommand, programEnvironment } from "./settings.mjs";

const { env } = process;

/** Text of a workflow command ends at a line break (GitHub, "Workflow commands"). @param {string} text */
function data(text) {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** @param {"notice" | "warning" | "error"} level @param {string} text */
function say(level, text) {
  process.stdout.write(`::${level} title=socrates-db::${data(text)}\n`);
}

/** @param {string} variable @param {string} text */
function append(variable, text) {
  const file = env[variable];
  if (file !== undefined && file !== "") appendFileSync(file, text);
}

/** @param {string} name @param {string} value on one line */
function setOutput(name, value) {
  append("GITHUB_OUTPUT", `${name}=${value.replace(/[\r\n]/g, " ")}\n`);
}

/** Prints foreign text, of which GitHub shall not obey any line. @param {string} text */
function printForeign(text) {
  if (text === "") return;
  const token = randomUUID();
  process.stdout.write(`::stop-commands::${token}\n${text.trimEnd()}\n::${token}::\n`);
}

/** What says which migrations are new. @param {string} folder @param {string | undefined} base @returns {readonly string[]} */
function scopeOf(folder, base) {
  const since = input(env, "SINCE");
  if (since !== "") return [`--since=${since}`];
  if (base === undefined) return [];
  const files = changedFiles(folder, base);
  if (files === undefined) {
    say(
      "warning",
      `${base} cannot be read, so the new migrations are unknown. Use actions/checkout with fetch-depth: 0.`,
    );
    return [];
  }
  // A path that is not a migration says that none is new.
  return ["--", ...(files.length === 0 ? ["."] : files)];
}

/**
 * Runs the program.
 * @param {string} folder
 * @param {string | undefined} base
 * @param {{ annotations: string, sarif: string }} files
 */
function runReport(folder, base, { annotations, sarif }) {
  const configFile = configFileOf(folder);
  if (configFile === undefined)
    throw new Error(
      `no socrates-db.config.json was found in ${folder} or above it; write one with: npx socrates-db init`,
    );
  const program = programEnvironment(env, configFile);
  const [command, ...first] = programCommand(env, folder);
  const args = [
    ...first,
    ...["report", "--quiet", "--no-color", "--format", "markdown"],
    ...["--output", `github=${annotations}`, "--output", `sarif=${sarif}`],
    `--fail-on=${input(env, "FAIL_ON") || "error"}`,
    ...(program.hasUrls ? [] : ["--embedded"]),
    ...scopeOf(folder, base),
  ];
  return spawnSync(command, args, {
    cwd: folder,
    env: program.env,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    shell: false,
  });
}

/** @param {string} head @param {string} body the rest @param {number | undefined} pull */
async function comment(head, body, pull) {
  const [token, repository] = [input(env, "TOKEN"), env["GITHUB_REPOSITORY"] ?? ""];
  if (pull === undefined || input(env, "COMMENT") !== "true") return;
  if (token === "")
    return say("notice", "No comment was written: there is no token. The step summary has the report.");
  const run = `${env["GITHUB_SERVER_URL"] ?? ""}/${repository}/actions/runs/${env["GITHUB_RUN_ID"] ?? ""}`;
  const short = `socrates-db\n\nGitHub refused the comment. The [summary of the run](${run}) has the report.\n`;
  const place = { api: env["GITHUB_API_URL"] ?? "https://api.github.com", repository, pull, token };
  try {
    process.stdout.write(`comment ${await writeComment(place, head, body, short)}\n`);
  } catch (error) {
    const isForbidden = error instanceof ApiError && [401, 403, 404].includes(error.status);
    if (isForbidden)
      say(
        "notice",
        "No comment was written: the token has no permission to (pull-requests: write), as on a fork. The step summary has the report.",
      );
    else
      say(
        "warning",
        `No comment was written: ${error instanceof Error ? error.message : error}. The step summary has the report.`,
      );
  }
}

/** @returns {Promise<number>} the exit code */
async function main() {
  const root = env["GITHUB_WORKSPACE"] ?? process.cwd();
  const folder = path.resolve(root, input(env, "WORKING_DIRECTORY") || ".");
  const temporary = mkdtempSync(path.join(env["RUNNER_TEMP"] ?? tmpdir(), "socrates-db-"));
  const sarif = path.resolve(folder, input(env, "SARIF_FILE") || "socrates-db.sarif");
  const annotations = path.join(temporary, "annotations.txt");
  const { pull, base } = eventOf(env);
  const { status, stdout, stderr, error } = runReport(folder, base, { annotations, sarif });
  if (error !== undefined) throw error;
  printForeign(stderr);
  const code = status ?? 2;
  const report = stdout === "" ? "socrates-db\n\nThe program did not run; see the log.\n" : stdout;
  // Reports begin with the marker, and those of failures with their heading.
  const rest = report.replace(/^(?:<!--[^\n]*\n)?## /, "");
  const head = headOf(path.relative(root, folder).split(path.sep).join("/") || ".");
  const commentFile = path.join(temporary, "comment.md");
  writeFileSync(commentFile, `${head}${rest}`);
  if (input(env, "ANNOTATIONS") === "true" && existsSync(annotations))
    process.stdout.write(readFileSync(annotations, "utf8"));
  append("GITHUB_STEP_SUMMARY", `${head}${rest}`);
  setOutput("exit-code", String(code));
  setOutput("comment-file", commentFile);
  if (existsSync(sarif)) setOutput("sarif-file", path.relative(root, sarif));
  await comment(head, rest, pull);
  return code;
}

try {
  process.exitCode = await main();
} catch (error) {
  say("error", error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
