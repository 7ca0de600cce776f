import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { NoOperationTraceWriter } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { base, makeRepository, schema, within, withLabel } from "../ci/repository.ts";
import { makePlace } from "../support/place.ts";
import { type Api, startApi } from "./github-api.ts";
import { action, actionText, runAction } from "./runner.ts";

const root = path.resolve(import.meta.dirname, "../..");
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A repository that has this package installed, with a pull request that changes files. */
function pullRequest(
  change: Readonly<Record<string, string>>,
  start: Readonly<Record<string, string>> = base,
) {
  const { outer, folder, sha } = makeRepository(start, change);
  folders.push(outer);
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(root, path.join(folder, "node_modules/socrates-db"));
  const event = path.join(outer, "event.json");
  writeFileSync(event, JSON.stringify({ pull_request: { number: 5, base: { sha } } }));
  return { folder, env: { GITHUB_EVENT_PATH: event } };
}

const token = "token-of-the-test";
let api: Api;
beforeEach(async () => {
  api = await startApi(token);
});
afterEach(() => api.close());

/** Runs the action with a token for the API. */
function run(
  { folder, env }: ReturnType<typeof pullRequest>,
  inputs: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
) {
  return runAction(folder, { token, ...inputs }, { ...env, GITHUB_API_URL: api.url, ...more });
}

describe("action.yml", () => {
  const errorsOf = (content: string) => {
    const { context } = parseAction({ name: "action.yml", content }, new NoOperationTraceWriter());
    return context.errors.getErrors().map(({ message }) => message);
  };
  it("is an action to GitHub's own parser, which refuses another one", () => {
    expect(errorsOf(actionText)).toEqual([]);
    expect(errorsOf(actionText.replace("using: composite", "using: composit"))).not.toEqual([]);
  });

  it("has no expression in a script, where an input could become a command", () => {
    const scripts = action.runs.steps.flatMap(({ run: script }) => script ?? []);
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).not.toContain("${{");
  });
});

describe("on a pull request", () => {
  it("without drift: one comment, which the next run updates, a summary and a SARIF file", async () => {
    const request = pullRequest(withLabel);
    const first = await run(request);
    expect(first).toMatchObject({
      exitCode: 0,
      outputs: { "exit-code": "0", "sarif-file": "socrates-db.sarif" },
    });
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toBe(first.summary);
    expect(first.summary).toMatch(/^<!-- socrates-db -->\n## socrates-db: no findings\n/);
    expect(first.summary).toContain("- shop: m/002\\_label.sql, phase 0");
    expect(first.summary).toContain('text label "added, may be NULL"');
    expect(first.summary).toContain("shop: no connection string is configured");
    const second = await run(request);
    expect(second.log).toContain("comment updated");
    expect(api.comments).toHaveLength(1);
  });

  it("with drift and a hazard: annotations at their lines, results with places, and a failed job", async () => {
    const request = pullRequest({
      ...withLabel,
      "schema.md": schema("id int PRIMARY KEY, label text, size int"),
      "m/002_label.sql":
        "-- socrates-db: phase 0\nALTER TABLE jars ADD COLUMN label text;\nCREATE INDEX i ON jars (id);\nDROP INDEX i;\n",
    });
    const { exitCode, log, outputs } = await run(request);
    expect(exitCode).toBe(1);
    expect(log).toMatch(/^::error file=schema\.md,line=6,.*size.* is missing/m);
    expect(log).toMatch(/^::warning file=m\/002_label\.sql,line=3,.*index-not-concurrent/m);
    expect(api.comments[0]?.body).toContain("| Hazards of new migrations | 2 warnings |");
    const sarif = JSON.parse(readFileSync(path.join(request.folder, outputs["sarif-file"] ?? ""), "utf8"));
    const places = sarif.runs[0].results.map(
      ({ locations }: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
        locations[0]?.physicalLocation.artifactLocation.uri,
    );
    expect(places).toEqual(["schema.md", "m/002_label.sql", "m/002_label.sql"]);
  });

  it("of a fork: no secrets and a token that may not write are a notice", async () => {
    api.refuse = (method) => (method === "GET" ? undefined : 403);
    const server = {
      ...base,
      "socrates-db.config.json": JSON.stringify({
        ...JSON.parse(base["socrates-db.config.json"] ?? ""),
        engine: "server",
      }),
    };
    const { exitCode, log, summary } = await run(
      pullRequest(withLabel, server),
      { urls: "shop=\n" },
      { SHOP: "" },
    );
    expect(exitCode).toBe(0);
    expect(log).toMatch(/^::notice .*no permission to \(pull-requests: write\)/m);
    expect(summary).toContain("no connection string is configured, so the live database was not compared");
    expect(api.comments).toEqual([]);
  });

  it("in a subfolder", async () => {
    const drift = { ...withLabel, "schema.md": schema("id int PRIMARY KEY") };
    const request = pullRequest(within("db", drift), within("db", base));
    const { exitCode, log, outputs } = await run(request, { "working-directory": "db" });
    expect(exitCode).toBe(1);
    expect(log).toMatch(/^::error file=db\/m\/002_label\.sql,line=2,/m);
    expect(outputs["sarif-file"]).toBe("db/socrates-db.sarif");
    expect(api.comments[0]?.body).toContain("m/002\\_label.sql");
  });

  it("whose base cannot be read: says that the new migrations are unknown", async () => {
    const request = pullRequest(withLabel);
    const { exitCode, log, summary } = await run(request, {
      base: "0123456789012345678901234567890123456789",
    });
    expect(exitCode).toBe(0);
    expect(log).toMatch(/^::warning .*the new migrations are unknown/m);
    expect(summary).toContain("Hazards were not checked");
  });

  it("that changes no migration", async () => {
    const { summary } = await run(pullRequest({ "README.md": "text" }));
    expect(summary).toContain("No diagram: no migration is new.");
  });
});

describe("with connection strings", () => {
  it("compares the live database, and keeps its password from the log", async () => {
    const place = await makePlace("server");
    const url = place.env[place.databases[0]?.urlVariable ?? ""] ?? "";
    const request = pullRequest(withLabel);
    const program = path.join(root, "bin/socrates-db.js");
    execFileSync(process.execPath, [program, "migrate", "--quiet"], {
      cwd: request.folder,
      env: { PATH: process.env["PATH"], SHOP: url },
    });
    await place.query("auth", "ALTER TABLE jars DROP COLUMN label");
    const { exitCode, summary } = await run(request, { urls: `shop=${url}` });
    const byVariable = await run(request, {}, { SHOP: url });
    await place.dispose();
    expect(exitCode).toBe(1);
    expect(summary).toContain("| Live databases | 1 error |");
    expect(byVariable.summary).toBe(summary);
  });

  it("that does not answer: an error, in the report", async () => {
    const url = "postgresql://me:hushhush@127.0.0.1:1/nowhere";
    const { exitCode, summary, log } = await run(pullRequest(withLabel), { urls: `shop=${url}` });
    expect(exitCode).toBe(1);
    expect(summary).toContain("| Live databases | 1 error |");
    expect(`${summary}${log}`).not.toContain("hushhush");
  });

  it("of a key that does not exist: an error without the string", async () => {
    const { exitCode, log } = await run(pullRequest(withLabel), {
      urls: "shopp=postgresql://me:hushhush@h/d",
    });
    expect(exitCode).toBe(2);
    expect(log).toContain("line 1 of urls does not start with the key of a database: shop");
    expect(log).not.toContain("hushhush");
  });
});

describe("what cannot run", () => {
  it("a repository without a config file", async () => {
    const { exitCode, log } = await run(pullRequest({ a: "1" }, { b: "2", ".gitignore": "node_modules\n" }));
    expect(exitCode).toBe(2);
    expect(log).toMatch(/^::error .*no socrates-db\.config\.json was found/m);
  });

  it("an invalid config file is in the comment and annotated", async () => {
    const request = pullRequest({ "socrates-db.config.json": '{"databasse": {}}' });
    const { exitCode, log } = await run(request);
    expect(exitCode).toBe(2);
    expect(log).toMatch(/^::error file=socrates-db\.config\.json,/m);
    expect(api.comments[0]?.body).toMatch(/^<!-- socrates-db -->\n[\s\S]*databasse/);
  });

  it("inputs with shell syntax are values", async () => {
    const request = pullRequest(withLabel);
    for (const name of ["since", "base", "fail-on", "version", "urls", "sarif-file"])
      await run(request, { [name]: "$(touch pwned)" });
    expect(existsSync(path.join(request.folder, "pwned"))).toBe(false);
  });
});

describe("the program", () => {
  const { version }: { version: string } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  it.each([
    ["of the action, where the repository has none", {}, version],
    ["that an input names", { version: "9.8.7" }, "9.8.7"],
  ])("is the version %s", async (_, inputs, wanted) => {
    const request = pullRequest(withLabel);
    if (!("version" in inputs)) rmSync(path.join(request.folder, "node_modules/socrates-db"));
    const bin = path.join(request.folder, "../bin");
    mkdirSync(bin);
    writeFileSync(path.join(bin, "npx"), '#!/bin/sh\necho "## $1 $2 $3"\n', { mode: 0o755 });
    const { exitCode, summary } = await run(request, inputs, { PATH: `${bin}:${process.env["PATH"]}` });
    expect({ exitCode, summary }).toEqual({
      exitCode: 0,
      summary: `<!-- socrates-db -->\n## --yes socrates-db@${wanted} report\n`,
    });
  });

  it("that does not run fails the job, and the comment says so", async () => {
    const request = pullRequest(withLabel);
    const bin = path.join(request.folder, "../bin");
    mkdirSync(bin);
    writeFileSync(path.join(bin, "npx"), "#!/bin/sh\necho '::error::not from here' >&2; kill -9 $$\n", {
      mode: 0o755,
    });
    const { exitCode, summary, log } = await run(
      request,
      { version: "9.8.7" },
      { PATH: `${bin}:${process.env["PATH"]}` },
    );
    expect(exitCode).toBe(2);
    expect(summary).toContain("The program did not run; see the log.");
    // GitHub obeys no line of the program's.
    expect(log).toMatch(/^::stop-commands::([\w-]+)\n::error::not from here\n::\1::$/m);
  });
});

describe("the comment", () => {
  const foreign = (id: number, body: string, login = "someone", type = "User") => ({
    id,
    body,
    user: { login, type },
  });

  it("is found on a later page", async () => {
    api.comments.push(...Array.from({ length: 250 }, (_, id) => foreign(id, "text")));
    api.comments.splice(230, 0, foreign(500, "<!-- socrates-db -->\n## old", "github-actions[bot]", "Bot"));
    await run(pullRequest(withLabel));
    expect(api.comments).toHaveLength(251);
    expect(api.comments[230]?.body).toContain("no findings");
    expect(api.requests.filter((route) => route.startsWith("GET"))).toHaveLength(3);
  });

  it("of each folder is another one", async () => {
    const request = pullRequest({ ...within("a", withLabel), ...within("b b", base) }, within("a", base));
    for (const folder of ["a", "b b", "a"]) await run(request, { "working-directory": folder });
    const heads = api.comments.map(({ body }) => body.split("\n").slice(0, 3));
    expect(heads).toEqual([
      ["<!-- socrates-db -->", "<!-- in a -->", "## socrates-db: no findings"],
      ["<!-- socrates-db -->", "<!-- in b%20b -->", "## socrates-db: no findings"],
    ]);
  });

  it("of a person who has copied the marker stays as it is", async () => {
    api.comments.push(foreign(1, "<!-- socrates-db -->\n## mine"));
    await run(pullRequest(withLabel));
    expect(api.comments.map(({ body }) => body.split("\n")[1])).toEqual([
      "## mine",
      "## socrates-db: no findings",
    ]);
  });

  it("that GitHub refuses becomes a short one with a link to the run", async () => {
    api.refuse = (method, _, body) => (method === "POST" && body.length > 500 ? 422 : undefined);
    const { exitCode, summary } = await run(pullRequest(withLabel));
    expect(exitCode).toBe(0);
    expect(api.comments[0]?.body).toContain("https://github.invalid/owner/name/actions/runs/7");
    expect(summary).toContain("### Diagram");
  });

  it("fails no job when the API fails, with or without an answer", async () => {
    api.refuse = () => 502;
    const failed = await run(pullRequest(withLabel));
    expect(failed.exitCode).toBe(0);
    expect(failed.log).toMatch(/^::warning .*No comment was written: .*502/m);
    const unreachable = await run(pullRequest(withLabel), {}, { GITHUB_API_URL: "http://127.0.0.1:1" });
    expect(unreachable.exitCode).toBe(0);
    expect(unreachable.log).toMatch(/^::warning .*No comment was written/m);
  });

  it("is not written where it is not wanted", async () => {
    await run(pullRequest(withLabel), { comment: "false", annotations: "false" });
    expect(api.requests).toEqual([]);
  });
});
