import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "../support/place.ts";

const databases = [{ key: "shop", name: "shop", urlVariable: "DATABASE_URL_SHOP" }];
const migration = `-- socrates-db: phase 0
CREATE TABLE cooks (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE pots (id int PRIMARY KEY, cook int REFERENCES cooks (id));
`;
const before = `# Kitchen

## cooks

They cook.

> \`\`\`sql
> create table cooks (
>   id int primary key,
>   name varchar(20)   -- as they like
> );
> create table stove (id int);
> \`\`\`

## lids

\`\`\`sql
CREATE TABLE lids (id int);
\`\`\`
`;

describe("document sync", () => {
  let place: Place;
  const file = () => path.join(place.folder, "kitchen.md");
  const write = (text: string) => writeFileSync(file(), text);
  beforeAll(async () => {
    place = await makePlace("embedded", { databases });
    writeFileSync(
      path.join(place.folder, "socrates-db.config.json"),
      JSON.stringify({ document: "*.md", databases: { shop: { migrations: "." } } }),
    );
    writeFileSync(path.join(place.folder, "001_kitchen.sql"), migration);
    writeFileSync(path.join(place.folder, "001_kitchen.down.sql"), "DROP TABLE pots;\nDROP TABLE cooks;\n");
  });
  afterAll(() => place.dispose());

  it("follows the migrations, keeps what it cannot know, and says so", async () => {
    write(before);
    const { exitCode, stdout } = await place.run(["document", "sync"]);
    expect(exitCode).toBe(0);
    expect(readFileSync(file(), "utf8")).toMatchSnapshot();
    expect(stdout).toMatchSnapshot();
    expect((await place.run(["document", "sync", "--check"])).exitCode).toBe(0);
    expect((await place.run(["diff", "--from", "document", "--to", "migrations"])).exitCode).toBe(1);
  });

  it("removes the sections of other tables with --prune alone, and then nothing differs", async () => {
    write(before.replace("> create table stove (id int);\n", ""));
    const pruned = ["document", "sync", "--prune", "--format", "json"];
    const { changed, outdated } = JSON.parse((await place.run(pruned)).stdout);
    expect({ changed: changed.length, outdated }).toEqual({ changed: 3, outdated: [] });
    expect(readFileSync(file(), "utf8")).not.toContain("lids");
    expect((await place.run(["diff", "--from", "document", "--to", "migrations"])).exitCode).toBe(0);
  });

  it("refuses another job, a document that does not run, and a glob without files", async () => {
    write(before.replace("int primary key", "nothing"));
    for (const [args, message] of [
      [["document", "sink"], 'unknown job "sink" of document'],
      [["document", "sync"], "kitchen.md:9:"],
      [["document", "sync", "--document", "none*.md"], "no file matches the document none*.md"],
    ] as const) {
      const { exitCode, stderr } = await place.run(args);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(message);
    }
  });
});
