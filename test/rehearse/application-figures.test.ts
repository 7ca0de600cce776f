import { rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { open } from "../../src/index.ts";
import { type Statistics, statisticsKind, statisticsVersion } from "../../src/statistics/model.ts";
import { makeProject } from "./application-project.ts";

let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const column = (distinct: number) => ({ width: 8, nulls: 0, distinct, correlation: 0 });
const index = (table: string, bytes: number) =>
  ({ kind: "index", table, rows: 1e7, pages: bytes / 8192, bytes }) as const;

/** Ten million rows; three of its columns have an index. */
const statistics: Statistics = {
  kind: statisticsKind,
  schemaVersion: statisticsVersion,
  databases: {
    app: {
      name: "app",
      head: 1,
      phase: 0,
      server: 170_004,
      blockSize: 8192,
      maintenanceMemory: 65_536,
      takenAt: "2026-11-01T12:00:00Z",
      relations: {
        "public.events": {
          kind: "table",
          rows: 1e7,
          pages: 100_000,
          bytes: 819_200_000,
          columns: { id: column(-1), kind: column(5), at: column(-0.9), place: column(1000) },
        },
        "public.events_pkey": index("public.events", 224_641_024),
        "public.events_kind": index("public.events", 69_402_624),
        "public.events_at": index("public.events", 224_641_024),
        "public.events_place": index("public.events", 69_402_624),
      },
    },
  },
};

const base = `CREATE TABLE events (id bigint PRIMARY KEY, kind bigint NOT NULL, at bigint NOT NULL, place bigint NOT NULL);
CREATE INDEX events_kind ON events (kind); CREATE INDEX events_at ON events (at); CREATE INDEX events_place ON events (place);`;

const sql = `SELECT * FROM events WHERE kind = $1 AND at = $2;
SELECT * FROM events WHERE kind = $1 AND place = $2;
SELECT count(*) FROM events WHERE kind = $1 GROUP BY place;
SELECT * FROM events WHERE id = $1;
`;

async function losses(files: Readonly<Record<string, string>>, stats?: string): Promise<string[]> {
  folder = makeProject(["app"], {
    "m/app/001_base.sql": base,
    ...files,
    "sql/events.sql": sql,
    "stats.json": JSON.stringify(statistics),
  });
  const project = await open({ cwd: folder, env: {} });
  try {
    const { findings } = await project.rehearse({
      since: 1,
      statements: "sql",
      ...(stats !== undefined && { stats }),
    });
    return findings
      .filter(({ code }) => code === "plan-loses-index")
      .map(
        ({ location, message }) =>
          `${location?.line} ${message.replace(/^.* after \S*m\/app\//, "").replace(/\d+ times/, "N times")}`,
      );
  } finally {
    await project.close();
  }
}

describe("plans of an application's statements, with the target's figures", () => {
  it("finds a loss where another index fits and has to read far more, and the file that did it", async () => {
    const files = {
      "m/app/002_column.sql": "ALTER TABLE events ADD COLUMN note text;",
      "m/app/003_index.sql": "DROP INDEX events_at;",
    };
    expect(await losses(files, "stats.json")).toEqual([
      "1 003_index.sql, events is not read through events_at: index events_at was dropped, and the plan costs N times as much",
    ]);
    expect(await losses(files)).toEqual([]);
  });

  it("finds none where a plan costs as much as before", async () => {
    expect(
      await losses(
        {
          "m/app/002_indexes.sql":
            "DROP INDEX events_kind; CREATE INDEX events_kind_at ON events (kind, at); CREATE INDEX events_kind_place ON events (kind, place);",
        },
        "stats.json",
      ),
    ).toEqual([]);
  });
});
