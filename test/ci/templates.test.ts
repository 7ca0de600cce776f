import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { base, makeRepository, runScript, schema, within, withLabel } from "./repository.ts";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const { version }: { version: string } = JSON.parse(read("package.json"));

const outers: string[] = [];
afterAll(() => {
  for (const folder of outers) rmSync(folder, { recursive: true, force: true });
});
function repository(...files: Parameters<typeof makeRepository>) {
  const made = makeRepository(...files);
  outers.push(made.outer);
  return made;
}

describe("the GitLab component", () => {
  interface Job {
    readonly variables: Readonly<Record<string, string>>;
    readonly script: readonly string[];
    readonly artifacts: { readonly reports: Readonly<Record<string, string>> };
  }
  const [spec, jobs] = parseAllDocuments(read("templates/socrates-db.yml")).map((part) => part.toJS());
  const inputs: Readonly<Record<string, { readonly default: string }>> = spec.spec.inputs;

  /** The job of a pipeline with these inputs. */
  function jobWith(given: Readonly<Record<string, string>>): Job {
    const text = JSON.stringify(jobs).replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => {
      const value = given[name] ?? inputs[name]?.default;
      if (value === undefined) throw new Error(`unknown input ${name}`);
      return JSON.stringify(value).slice(1, -1);
    });
    const [job]: Job[] = Object.values(JSON.parse(text));
    if (job === undefined) throw new Error("the template has no job");
    return job;
  }

  function run(
    made: ReturnType<typeof repository>,
    given: Readonly<Record<string, string>> = {},
    env: Readonly<Record<string, string>> = {},
  ) {
    const { script, variables } = jobWith(given);
    const result = runScript(made, script.join("\n"), {
      CI_MERGE_REQUEST_DIFF_BASE_SHA: made.sha,
      ...variables,
      ...env,
    });
    const file = (name: string) => readFileSync(path.join(made.folder, "socrates-db", name), "utf8");
    return { ...result, file };
  }

  it("runs the version of the package, and reports the files that it writes", () => {
    expect(inputs["version"]?.default).toBe(version);
    const { exitCode, file } = run(repository(base, withLabel));
    expect(exitCode).toBe(0);
    expect(file("comment.md")).toContain("- shop: m/002\\_label.sql, phase 0");
    expect(JSON.parse(file("code-quality.json"))).toEqual([]);
    expect(Object.values(jobWith({}).artifacts.reports)).toEqual([
      "socrates-db/code-quality.json",
      "socrates-db/junit.xml",
    ]);
  });

  it("fails for drift, with the place in the repository", () => {
    const drift = { ...withLabel, "schema.md": schema("id int PRIMARY KEY") };
    const { exitCode, file } = run(repository(within("db", base), within("db", drift)), {
      "working-directory": "db",
    });
    expect(exitCode).toBe(1);
    expect(JSON.parse(file("code-quality.json"))).toMatchObject([
      {
        check_name: "unexpected",
        severity: "major",
        location: { path: "db/m/002_label.sql", lines: { begin: 2 } },
      },
    ]);
    expect(file("junit.xml")).toContain("<testsuites");
  });

  it("compares no database where that is wanted, whatever is configured", () => {
    const made = repository(base, withLabel);
    const env = { SHOP: "postgresql://me@127.0.0.1:1/nowhere" };
    expect(run(made, {}, env)).toMatchObject({ exitCode: 1 });
    expect(run(made, { databases: "none" }, env)).toMatchObject({ exitCode: 0 });
  });

  it("takes inputs with shell syntax as values", () => {
    const made = repository(base, withLabel);
    for (const name of ["version", "working-directory", "fail-on", "databases"])
      run(made, { [name]: "$(touch pwned)" });
    expect(existsSync(path.join(made.folder, "pwned"))).toBe(false);
  });
});

describe("pre-commit hooks", () => {
  interface Hook {
    readonly id: string;
    readonly entry: string;
    readonly pass_filenames?: boolean;
  }
  const hooks: readonly Hook[] = parse(read(".pre-commit-hooks.yaml"));
  const run = (made: ReturnType<typeof repository>, id: string, files: readonly string[]) => {
    const hook = hooks.find((one) => one.id === id);
    if (hook === undefined) throw new Error(`the hook ${id} is missing`);
    const names = hook.pass_filenames === false ? [] : files;
    return runScript(made, [hook.entry, ...names].join(" "), { SHOP: "postgresql://me@127.0.0.1:1/nowhere" });
  };

  it("connect to no database, and pass for what is consistent", () => {
    const made = repository(base, withLabel);
    expect(run(made, "socrates-db", ["m/002_label.sql"])).toMatchObject({ exitCode: 0 });
    expect(run(made, "socrates-db-document", ["schema.md"])).toMatchObject({ exitCode: 0 });
  });

  it("fail for a migration that is not documented, and for a document with errors", () => {
    const drift = repository(base, { ...withLabel, "schema.md": schema("id int PRIMARY KEY") });
    const result = run(drift, "socrates-db", ["m/002_label.sql"]);
    expect(result).toMatchObject({ exitCode: 1, output: expect.stringContaining("m/002_label.sql:2") });
    const invalid = repository(base, { "schema.md": schema("id nosuchtype") });
    expect(run(invalid, "socrates-db-document", ["schema.md"]).exitCode).toBe(2);
  });
});

describe("examples", () => {
  it.each([
    ["Jenkinsfile", /^\s*sh '(.*)'$/m],
    ["azure-pipelines.yml", /^ *- script: (.*)$/m],
  ])("%s checks without a database, and writes the tests that it publishes", (name, command) => {
    const text = read(`examples/ci/${name}`);
    const [, script = ""] = command.exec(text) ?? [];
    expect(script).toContain(`socrates-db@${version} `);
    const drift = repository(base, { ...withLabel, "schema.md": schema("id int PRIMARY KEY") });
    expect(runScript(drift, script)).toMatchObject({ exitCode: 1 });
    const [, file = ""] = /junit=(\S+)/.exec(script) ?? [];
    expect(text.split(file)).toHaveLength(3);
    expect(readFileSync(path.join(drift.folder, file), "utf8")).toContain('failures="1"');
  });
});
