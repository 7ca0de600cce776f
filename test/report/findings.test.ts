import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/diff/finding.ts";
import { sortFindings, summarise } from "../../src/diff/finding.ts";
import { findingsFormats } from "../../src/report/findings/formats.ts";
import { renderFindings } from "../../src/report/findings/index.ts";
import type { FindingsReport } from "../../src/report/findings/report.ts";
import { style } from "../../src/report/style.ts";

const findings: readonly Finding[] = [
  {
    code: "changed",
    severity: "error",
    database: "auth",
    kind: "index",
    object: "public.users.idx_users_email",
    attribute: "unique",
    expected: false,
    actual: true,
    attributes: [
      { name: "unique", expected: false, actual: true },
      { name: "predicate", expected: null, actual: "(id > 1)" },
    ],
    message:
      "index public.users.idx_users_email in live: unique is true, expected false; predicate is (id > 1), expected none",
    location: { file: "docs/my schema.md", line: 57, column: 1 },
    hint: "Drop it, 100% | <sure>: then build it again.",
  },
  {
    code: "missing",
    severity: "error",
    database: "specs",
    kind: "table",
    object: "public.projects",
    consequences: [{ kind: "column", object: "public.projects.id" }],
    message: "table public.projects is missing\nin live & elsewhere \u0001",
  },
  {
    code: "wrong-count",
    severity: "warning",
    message: 'the document claims "Total: 85 indexes", but defines 84',
    location: { file: "docs/schema.md", line: 9, column: 3 },
  },
  {
    code: "redundant-index",
    severity: "advice",
    database: "auth",
    kind: "index",
    object: "public.users.idx_users_email",
    message: "index repeats the first columns of another",
  },
];

const report: FindingsReport = {
  title: "socrates-db diff",
  findings: sortFindings(findings),
  counts: summarise(findings),
  summary: ["auth: docs/schema.md compared with live, phase 3"],
  place: "docs/schema.md",
  passed: [{ database: "auth", name: "index public.users.users_email_unique" }],
  details: { extra: { answer: 42 } },
};
const empty: FindingsReport = {
  title: "socrates-db verify indexes",
  findings: [],
  counts: summarise([]),
  summary: [],
  place: "docs/schema.md",
};
const failed: FindingsReport = {
  title: "socrates-db diff",
  findings: [
    {
      code: "connection-failed",
      severity: "error",
      message: "cannot connect to db1",
      hint: "Start the server.",
    },
  ],
  counts: { errors: 1, warnings: 0, advice: 0 },
  summary: [],
  place: "socrates-db.config.json",
  failed: true,
};
const plain = style(false);

describe.each(findingsFormats)("%s", (format) => {
  it.each([
    ["findings", report],
    ["empty", empty],
    ["failed", failed],
  ])("renders %s as in the golden file", async (name, content) => {
    const text = renderFindings(content, format, plain).replace(
      /"version": "\d+\.\d+\.\d+"/,
      '"version": "0.0.0"',
    );
    await expect(text).toMatchFileSnapshot(
      path.resolve(import.meta.dirname, `../fixtures/findings/${name}.${format}`),
    );
  });
});

describe("sarif", () => {
  it("is valid by the published schema", () => {
    const file = createRequire(import.meta.url).resolve(
      "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json",
    );
    const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
    addFormats.default(ajv);
    const validate = ajv.compile(JSON.parse(readFileSync(file, "utf8")));
    for (const content of [report, empty, failed]) {
      validate(JSON.parse(renderFindings(content, "sarif", plain)));
      expect(validate.errors).toBeNull();
    }
    expect(validate({ version: "2.1.0", runs: [{}] })).toBe(false);
  });
});

describe("gitlab", () => {
  // GitLab, "Code Quality", section "Code Quality report format".
  const schema = {
    type: "array",
    items: {
      type: "object",
      required: ["description", "check_name", "fingerprint", "location", "severity"],
      properties: {
        description: { type: "string", minLength: 1 },
        check_name: { type: "string", minLength: 1 },
        fingerprint: { type: "string", minLength: 1 },
        severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
        location: {
          type: "object",
          required: ["path", "lines"],
          properties: {
            // Relative to the repository, without ./ in front.
            path: { type: "string", pattern: "^[^./]" },
            lines: {
              type: "object",
              required: ["begin"],
              properties: { begin: { type: "integer", minimum: 1 } },
            },
          },
        },
      },
    },
  };
  it("is in the documented format, with fingerprints that differ", () => {
    const validate = new Ajv.default().compile(schema);
    for (const content of [report, empty, failed]) {
      const issues = JSON.parse(renderFindings(content, "gitlab", plain));
      validate(issues);
      expect(validate.errors).toBeNull();
      const fingerprints = issues.map(({ fingerprint }: { fingerprint: string }) => fingerprint);
      expect(new Set(fingerprints).size).toBe(content.findings.length);
    }
    expect(validate([{ description: "a" }])).toBe(false);
  });

  it("gives a finding the same fingerprint at another line", () => {
    const at = (line: number) => {
      const moved = findings.map((finding) => ({
        ...finding,
        location: { file: "schema.md", line, column: 1 },
      }));
      const issues = JSON.parse(renderFindings({ ...report, findings: moved }, "gitlab", plain));
      return issues.map(({ fingerprint }: { fingerprint: string }) => fingerprint);
    };
    expect(at(3)).toEqual(at(4));
  });
});

describe("github", () => {
  const unescaped = (text: string) =>
    text.replace(/%(0A|0D|3A|2C|25)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

  /** Parses a workflow command like the runner: properties up to the second `::`, split at commas, then unescaped. */
  function annotation(line: string) {
    const [, level, properties = "", message = ""] = /^::(\w+) (.*?)::(.*)\n$/.exec(line) ?? [];
    const pairs = properties.split(",").map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), unescaped(pair.slice(at + 1))];
    });
    return { level, message: unescaped(message), properties: Object.fromEntries(pairs) };
  }

  it.each([
    ["a comma", "docs/auth,specs.md", "a, b"],
    ["a colon", "C:/docs/schema.md", "diff: auth"],
    ["two colons", "docs/a::b.md", "a::b"],
    ["a percent sign", "docs/100%.md", "50%, 100%"],
    ["what an escape looks like", "docs/%2C%3A.md", "%25"],
    ["an equals sign", "docs/a=b.md", "line=9,col=9"],
  ])("is read back where names hold %s", (_, file, text) => {
    const finding: Finding = { code: "missing", severity: "error", message: text, hint: text };
    const placed = { ...finding, location: { file, line: 3, column: 4 } };
    const content: FindingsReport = { ...empty, title: text, findings: [placed] };
    expect(annotation(renderFindings(content, "github", plain))).toEqual({
      level: "error",
      message: `${text}\n${text}`,
      properties: { file, line: "3", col: "4", title: text },
    });
    const placeless = { ...content, place: file, findings: [finding] };
    expect(annotation(renderFindings(placeless, "github", plain)).properties).toMatchObject({
      file,
      line: "1",
    });
  });
});

describe("sortFindings", () => {
  it("sorts them whatever their order", () => {
    expect(sortFindings([...findings].reverse())).toEqual(sortFindings(findings));
    expect(sortFindings(findings).map(({ severity }) => severity)).toEqual([
      "error",
      "error",
      "warning",
      "advice",
    ]);
  });
});
