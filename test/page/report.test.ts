import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastPhase, makePlace, type Place } from "../support/place.ts";
import { hostileNames, hostileSql } from "./support/hostile.ts";

const engine = "server";
let place: Place;
beforeAll(async () => {
  place = await makePlace(engine, { migrated: true });
});
afterAll(() => place.dispose());

const written = (name: string) => readFileSync(path.join(place.folder, name), "utf8");
const occurrences = (text: string, part: string) => text.split(part).length - 1;

/** The section of one table. */
function sectionOf(html: string, id: string): string {
  const start = html.indexOf(`id="${id}"`);
  expect(start).toBeGreaterThan(0);
  return html.slice(start, html.indexOf("</section>", start));
}

describe("report --format html of databases that match their document", () => {
  it("writes one page of at most 500 kB, the same bytes each time and on standard output", async () => {
    const { exitCode, stdout, stderr } = await place.run(["report", "--format", "html"]);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "wrote schema.html\n" });
    const html = written("schema.html");
    expect(Buffer.byteLength(html)).toBeLessThan(500_000);
    const again = await place.run(["report", "--format", "html", "--out", "-"]);
    expect(again.stdout).toBe(html);
  });

  it("has a section for each of 25 tables, and a verdict for each of 85 indexes", () => {
    const html = written("schema.html");
    expect(occurrences(html, "data-table>")).toBe(25);
    const verdicts = (words: string) =>
      [...html.matchAll(/<td><span class="verdict \w+"><span aria-hidden="true">.<\/span> ([^<]*)/g)].filter(
        ([, found]) => found === words,
      ).length;
    const [expected, pending] = [verdicts("as expected"), verdicts("migration pending")];
    // Besides 85 indexes, 25 primary keys.
    expect(expected + pending).toBe(85 + 25);
    if (lastPhase(engine) === 6) expect(expected).toBe(85 + 25);
  });

  it("shows a table's columns, indexes with advice, references in both directions, and migrations", () => {
    const users = sectionOf(written("schema.html"), "auth.users");
    expect(users).toContain('<code title="character varying(255)">varchar(255)</code>');
    expect(users).toContain("001_");
    expect(users).toContain('href="#specs.projects"');
    expect(users).toContain('<span class="kind logical">logical reference</span>');
    expect(users).toContain('href="#auth.refresh_tokens"');
    expect(users).toContain("ON DELETE CASCADE");
    const projects = sectionOf(written("schema.html"), "specs.projects");
    expect(projects).toContain("docs/schema.md:");
    expect(projects).toContain('href="#auth.users"');
  });

  it("allows no content from elsewhere, and no script but its own", () => {
    const html = written("schema.html");
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy).toMatch(/^default-src &#39;none&#39;; script-src &#39;sha256-/);
    expect(policy).not.toContain("unsafe");
    expect(html).not.toMatch(/\b(?:src|href)="(?!#)/);
    expect(html).not.toMatch(/ (?:style|on\w+)="/);
  });
});

describe("databases that differ", () => {
  it("are drawn and listed with each difference, and the command exits with 1", async () => {
    await place.query("specs", "DROP INDEX idx_projects_user_id");
    await place.query("specs", "DROP TABLE conflicts");
    await place.query("specs", "ALTER TABLE questions ADD COLUMN extra int");
    await place.query("auth", hostileSql);
    const { exitCode } = await place.run(["report", "--format", "html", "--out", "drift.html", "--quiet"]);
    expect(exitCode).toBe(1);
    const html = written("drift.html");
    expect(sectionOf(html, "specs.projects")).toMatch(
      /idx_projects_user_id<\/bdi>.*?<\/td><td><span class="verdict bad">.*?missing/,
    );
    expect(sectionOf(html, "specs.conflicts")).toMatch(/<p><span class="verdict bad">.* missing<\/span>/);
    expect(sectionOf(html, "specs.questions")).toMatch(/extra<\/bdi>.*? not documented<\/span>/);
    expect(occurrences(html, 'data-drift="bad"')).toBe(3);
    expect(occurrences(html, 'data-drift="info"')).toBe(hostileNames.length);
  });

  it("with names that are markup: all are text", () => {
    const html = written("drift.html");
    for (const name of ["<img", "alert(2)</script>", "--><!--", "\u202e", "\u2028"])
      expect(html).not.toContain(name);
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(html).toContain("right\\202Eto left");
  });
});

describe("what was not read", () => {
  it("is stated: a server that does not answer, while the other one is read", async () => {
    const [auth, specs] = Object.keys(place.env);
    const { exitCode, stderr } = await place.run(
      ["report", "--format", "html", "--out", "partial.html", "--quiet"],
      {
        env: {
          [auth ?? ""]: "postgresql://me@127.0.0.1:1/nowhere",
          [specs ?? ""]: place.env[specs ?? ""] ?? "",
        },
      },
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^warning: auth: the live database was not read: .*127\.0\.0\.1:1/m);
    const html = written("partial.html");
    expect(html).toMatch(/id="not-read-h".*?auth: the live database was not read/s);
    expect(sectionOf(html, "auth.users")).toContain("not checked");
    expect(sectionOf(html, "specs.sessions")).toContain("as expected");
  });

  it("is stated: embedded databases that do not exist, so that no check of them ran", async () => {
    const empty = await makePlace("embedded");
    const { exitCode, stderr } = await empty.run(["report", "--format", "html", "--quiet"]);
    expect(exitCode).toBe(0);
    const html = readFileSync(path.join(empty.folder, "schema.html"), "utf8");
    for (const key of ["auth", "specs"])
      expect(html).toContain(
        `${key}: the live database was not read: the embedded database does not exist yet`,
      );
    expect(stderr).toContain("verify indexes did not run: no database was read");
    expect(html).toContain("verify indexes did not run: no database was read");
    await empty.dispose();
  });
});

it("refuses a file that it cannot write, and an unknown format", async () => {
  const { exitCode, stderr } = await place.run([
    "report",
    "--format",
    "html",
    "--quiet",
    "--out",
    "no/such/folder.html",
  ]);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("cannot be written"),
  });
  const other = await place.run(["report", "--format", "pdf"]);
  expect(other).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("html") });
});
