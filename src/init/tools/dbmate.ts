import { startsStatement } from "../../sql/tokens.ts";
import { byText, gather, lineAt, partOf, Refusal, readFile, refuseTwins, type ToolFile } from "../gather.ts";
import { type Marker, markersOf, sectionsOf } from "../markers.ts";
import type { Note, Tool, ToolMigration } from "../model.ts";
import { filesBelow, foldersWithLine } from "../repository.ts";

const namePattern = /^(\d+)(.*)\.sql$/;
const markerPattern = /^--\s*migrate:(up|down)(?:\s+(\S.*))?$/;

function readMarker(line: string): { word: "up" | "down"; options: string } | undefined {
  const [, word, options = ""] = markerPattern.exec(line) ?? [];
  return word === "up" || word === "down" ? { word, options } : undefined;
}

/** `transaction:false` is the only option that changes how a part runs. */
function noTransaction(file: ToolFile, { options, start }: Marker<"up" | "down">): boolean {
  const unknown = options.split(/\s+/).find((option) => !/^(transaction:(true|false))?$/.test(option));
  if (unknown !== undefined)
    throw new Refusal(file.from, `line ${lineAt(file.text, start)}: unknown option "${unknown}"`);
  return /\btransaction:false\b/.test(options);
}

function migrationOf(file: ToolFile): ToolMigration {
  const [, version = "", rest = ""] = namePattern.exec(file.from) ?? [];
  const markers = markersOf(file.text, readMarker);
  const [up, down, extra] = markers;
  const { before, sections } = sectionsOf(file.text, markers);
  const fail = (at: number, reason: string): never => {
    throw new Refusal(file.from, `line ${lineAt(file.text, at)}: ${reason}`);
  };
  if (up === undefined) throw new Refusal(file.from, 'has no line "-- migrate:up"');
  if (up.word !== "up") fail(up.start, '"-- migrate:down" is above "-- migrate:up"');
  if (extra !== undefined || down?.word === "up")
    fail((extra ?? down ?? up).start, "another block begins here");
  if (startsStatement(file.text.slice(before.start, before.end)))
    fail(0, 'a statement is above "-- migrate:up"');
  const [upSection, downSection] = sections;
  return {
    from: file.from,
    name: rest,
    version,
    up: partOf(file, [before, ...(upSection === undefined ? [] : [upSection])], noTransaction(file, up)),
    down:
      down === undefined || downSection === undefined
        ? undefined
        : partOf(file, [downSection], noTransaction(file, down)),
    expectsDown: true,
  };
}

/** Files `VERSION_name.sql` of one folder, sorted as text, each with the blocks `-- migrate:up` and `-- migrate:down`. */
export const dbmate: Tool = {
  name: "dbmate",
  title: "dbmate",
  ledger: {
    table: "schema_migrations",
    query: (table) => `SELECT version::text AS version FROM ${table}`,
  },
  find: (repository) => foldersWithLine(repository, /^--[^\S\n]*migrate:up(\s|$)/m),
  read: (repository, folder) => {
    const files = filesBelow(repository, folder);
    const own = files.filter((from) => namePattern.test(from) && !from.includes("/"));
    const { made, refused } = gather(own, (from) => migrationOf(readFile(repository, folder, from)));
    const other = files.filter((from) => !own.includes(from));
    return {
      migrations: made.sort((a, b) => byText(a.from, b.from)),
      skips: [
        ...other.map((from) => ({ from, reason: "is not a file VERSION_name.sql of this folder" })),
        ...dumpOf(repository.files),
      ],
      warnings: [],
      refused: [...refuseTwins(made), ...refused],
    };
  },
};

/** The schema that dbmate writes after each run. */
function dumpOf(files: readonly string[]): Note[] {
  return files.includes("db/schema.sql")
    ? [{ from: "db/schema.sql", reason: "is the schema that dbmate dumps" }]
    : [];
}
