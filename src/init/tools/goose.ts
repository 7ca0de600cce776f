import { startsStatement } from "../../sql/tokens.ts";
import {
  byNumber,
  gather,
  lineAt,
  partOf,
  Refusal,
  readFile,
  refuseTwins,
  startWithBaseline,
  type ToolFile,
} from "../gather.ts";
import { markersOf, sectionsOf } from "../markers.ts";
import type { Tool, ToolMigration } from "../model.ts";
import { filesBelow, foldersWithLine } from "../repository.ts";

const namePattern = /^(\d+)_(.*)\.(sql|go)$/;

type Word = "up" | "down" | "statementbegin" | "statementend" | "no transaction" | "envsub on" | "envsub off";
const words: readonly Word[] = [
  "up",
  "down",
  "statementbegin",
  "statementend",
  "no transaction",
  "envsub on",
  "envsub off",
];

/** An annotation, which goose reads without regard to case; undefined for other comments. */
function readMarker(line: string): { word: Word; options: string } | undefined {
  const written = /^--\s*\+goose\s+(\S.*)$/i.exec(line)?.[1]?.toLowerCase().replace(/\s+/g, " ");
  const word = words.find((known) => known === written);
  return word === undefined ? undefined : { word, options: "" };
}

function migrationOf(file: ToolFile): ToolMigration {
  const [, digits = "0", name = "", extension] = namePattern.exec(file.from) ?? [];
  if (extension === "go")
    throw new Refusal(file.from, `is a migration in Go, not in SQL; ${startWithBaseline}`);
  const markers = markersOf(file.text, readMarker);
  const { before, sections } = sectionsOf(file.text, markers);
  const fail = (at: number, reason: string): never => {
    throw new Refusal(file.from, `line ${lineAt(file.text, at)}: ${reason}`);
  };
  const variables = markers.find(({ word }) => word === "envsub on");
  if (variables !== undefined)
    fail(variables.start, "ENVSUB fills in environment variables, whose values are not known");
  const directions = markers.filter(({ word }) => word === "up" || word === "down");
  const [first, second, third] = directions;
  if (first === undefined) throw new Refusal(file.from, 'has no line "-- +goose Up"');
  if (first.word !== "up") fail(first.start, '"-- +goose Down" is above "-- +goose Up"');
  if (third !== undefined || second?.word === "up")
    fail((third ?? second ?? first).start, "another block begins here");
  const downAt = second?.start ?? file.text.length;
  const preceding = [before, ...sections].filter(({ start }) => start < first.start);
  if (preceding.some(({ start, end }) => startsStatement(file.text.slice(start, end))))
    fail(0, 'a statement is above "-- +goose Up"');
  const noTransaction = markers.some(({ word }) => word === "no transaction");
  return {
    from: file.from,
    name,
    version: BigInt(digits).toString(),
    up: partOf(file, [before, ...sections.filter(({ start }) => start <= downAt)], noTransaction),
    down:
      second === undefined
        ? undefined
        : partOf(
            file,
            sections.filter(({ start }) => start > downAt),
            noTransaction,
          ),
    expectsDown: true,
  };
}

/** Files `VERSION_name.sql` of one folder, ordered by their versions as integers, with annotations `-- +goose Up`. */
export const goose: Tool = {
  name: "goose",
  title: "goose",
  ledger: {
    table: "goose_db_version",
    // The last row of each version says whether it is applied.
    query: (table) =>
      `SELECT version_id::text AS version FROM ${table} v WHERE is_applied AND id = (SELECT max(id) FROM ${table} w WHERE w.version_id = v.version_id)`,
  },
  find: (repository) => foldersWithLine(repository, /^--[^\S\n]*\+goose[^\S\n]+up[^\S\n]*\r?$/im),
  read: (repository, folder) => {
    const files = filesBelow(repository, folder);
    const own = files.filter(
      (from) => namePattern.test(from) && !from.includes("/") && !from.endsWith("_test.go"),
    );
    const { made, refused } = gather(own, (from) => migrationOf(readFile(repository, folder, from)));
    return {
      migrations: made.sort((a, b) => byNumber(a.version, b.version)),
      skips: files
        .filter((from) => !own.includes(from))
        .map((from) => ({ from, reason: "is not a file VERSION_name.sql of this folder" })),
      warnings: [],
      refused: [...refuseTwins(made), ...refused],
    };
  },
};
