import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import stringWidth from "string-width";
import { afterAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { trace } from "./trace.ts";

const fixtures = path.resolve(import.meta.dirname, "../fixtures/diagrams");
const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function drawn(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(["diagram", "--quiet", ...args], { cwd: folder });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

/** The parts of an output, one for each database, without headings and legend. */
function parts(output: string): string[][] {
  const found: string[][] = [];
  let open: string[] | undefined;
  for (const line of output.trimEnd().split("\n")) {
    if (/^socrates_\w+, /.test(line)) {
      open = [];
      found.push(open);
    } else if (/^(──[<1] |o may|╌╌<|\? may)/.test(line)) open = undefined;
    else open?.push(line);
  }
  return found;
}

/** The references in the Mermaid text of the same schema, in the words of a trace. */
function stated(mermaid: string): string[] {
  const relation = /^ {2}(\w+) (\|[o|])(--|\.\.)o([{|]) (\w+) :/;
  const names = new Map(
    [...mermaid.matchAll(/^ {2}(\w+)\["([^"]*)"\]/gm)].map(([, id = "", label = ""]) => [
      id,
      label
        .replace(/ in socrates_\w+$/, "")
        .replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))),
    ]),
  );
  return mermaid
    .split("\n")
    .flatMap((line) => {
      const [, to, head, kind, many, from] = relation.exec(line) ?? [];
      return to === undefined || from === undefined
        ? []
        : [
            JSON.stringify({
              from: names.get(from),
              to: names.get(to),
              optional: head === "|o",
              unique: many === "|",
              logical: kind === "..",
            }),
          ];
    })
    .sort();
}

/** Compares an output with the golden files, and follows its lines. */
async function check(name: string, width: number, args: readonly string[]): Promise<void> {
  const output = await drawn(...args, "--width", String(width));
  await expect(output).toMatchFileSnapshot(path.join(fixtures, name));
  const lines = output.split("\n").filter((line) => !line.startsWith("socrates_"));
  expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
  const references = parts(output).flatMap((part) => trace(part).references);
  const traced = references.map(({ from, to, optional, unique, logical }) =>
    JSON.stringify({ from, to, optional, unique, logical }),
  );
  expect(traced.sort()).toEqual(stated(await drawn(...args, "--style", "mermaid")));
}

describe("both databases at each phase", () => {
  const cases = [0, 1, 2, 3, 4, 5, 6].flatMap((phase) => [
    { phase, columns: "none", width: 120 },
    // Each form at the last phase and at the phase of the design document's drawing.
    ...(phase === 2 || phase === 6
      ? [
          { phase, columns: "none", width: 80 },
          { phase, columns: "keys", width: 80 },
          { phase, columns: "keys", width: 160 },
          { phase, columns: "all", width: 160 },
        ]
      : []),
  ]);
  it.each(cases)("phase $phase, columns $columns, width $width", ({ phase, columns, width }) =>
    check(`phase-${phase}-${columns}-${width}.txt`, width, ["--phase", String(phase), "--columns", columns]),
  );
});

describe("awkward schemas", () => {
  const schemas = readdirSync(fixtures).filter((name) => name.endsWith(".sql"));
  it.each(schemas)("%s", async (name) => {
    const source = ["--database", "auth", "--source", path.join(fixtures, name), "--columns", "keys"];
    // The heading has the file's path, which varies.
    const output = (await drawn(...source, "--width", "100")).split("\n").slice(2).join("\n");
    await expect(output).toMatchFileSnapshot(path.join(fixtures, name.replace(/sql$/, "txt")));
    const { references } = trace(parts(`socrates_auth, \n${output}`)[0] ?? []);
    const traced = references.map(({ from, to, optional, unique, logical }) =>
      JSON.stringify({ from, to, optional, unique, logical }),
    );
    expect(traced.sort()).toEqual(stated(await drawn(...source, "--style", "mermaid")));
  });
});

describe("ascii", () => {
  it("is the unicode drawing with other characters", async () => {
    const output = await drawn("--style", "ascii", "--columns", "keys");
    expect(output).toMatch(/^[\n -~]*$/);
    const unicode = await drawn("--columns", "keys");
    const plain = unicode
      .replace(/[┌┐└┘├┤┬┴┼]/g, "+")
      .replaceAll("─", "-")
      .replaceAll("│", "|")
      .replaceAll("╌", ".")
      .replaceAll("╎", ":");
    expect(output).toBe(plain);
  });
  it("writes non-ASCII names as PostgreSQL's escapes", async () => {
    const source = path.join(fixtures, "names.sql");
    const output = await drawn(
      "--style",
      "ascii",
      "--database",
      "auth",
      "--source",
      source,
      "--width",
      "200",
    );
    expect(output).toContain("\\5229\\7528\\8005");
    expect(output.split("\n").slice(1).join("\n")).toMatch(/^[\n -~]*$/);
  });
});
