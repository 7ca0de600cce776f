import path from "node:path";
import { startsStatement } from "../../sql/tokens.ts";
import { gather, lineAt, partOf, Refusal, readFile, startWithBaseline, type ToolFile } from "../gather.ts";
import { markersOf, sectionsOf } from "../markers.ts";
import type { Note, Repository, Tool, ToolMigration } from "../model.ts";
import { filesBelow, foldersWithLine, optionalText } from "../repository.ts";

const scriptPattern = /\.(js|ts|mjs|cjs|mts|cts)$/;

/** Files of other tools may have such comments, but other names. */
const fileName = /^\d+[-_](?!.*\.(up|down)\.sql$).*\.sql$/;

/** A marker has one or more dashes, in lower or upper case. */
function readMarker(line: string): { word: "up" | "down"; options: string } | undefined {
  const word = /^--[- \t]*(up|down)\s+migration/i.exec(line.trimStart())?.[1]?.toLowerCase();
  return word === "up" || word === "down" ? { word, options: "" } : undefined;
}

/** The first marker of each direction counts, in either order. */
function migrationOf(file: ToolFile): ToolMigration {
  const { text, from } = file;
  const markers = markersOf(text, readMarker).filter(
    ({ word }, i, all) => all.findIndex((marker) => marker.word === word) === i,
  );
  const { before, sections } = sectionsOf(text, markers);
  const [first] = markers;
  const [up, down] = (["up", "down"] as const).map((word) =>
    sections.find((section) => section.word === word),
  );
  if (up === undefined && first !== undefined)
    throw new Refusal(
      from,
      `line ${lineAt(text, first.start)}: without a line "-- Up Migration", node-pg-migrate runs the whole file as up`,
    );
  if (first !== undefined && startsStatement(text.slice(before.start, before.end)))
    throw new Refusal(from, "line 1: node-pg-migrate does not run the statement above the first marker");
  return {
    from,
    name: from.replace(/^\d+[-_]?/, "").replace(/\.sql$/, ""),
    version: from.replace(/\.sql$/, ""),
    up: partOf(file, up === undefined ? [before] : [before, up], false),
    down: down === undefined ? undefined : partOf(file, [down], false),
    expectsDown: true,
  };
}

/** The time at the start of a name: milliseconds, or 17 digits of a date in UTC. */
function timeOf(name: string): number {
  const [prefix = ""] = name.split("_");
  const [, date, time, milliseconds] = /^(\d{8})(\d{6})(\d{3})$/.exec(prefix) ?? [];
  if (date === undefined || time === undefined) return Number(prefix) || 0;
  const parts = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}.${milliseconds}Z`;
  return Date.parse(parts) || 0;
}

function byTime(a: string, b: string): number {
  const words = { numeric: true, sensitivity: "variant", ignorePunctuation: true } as const;
  return timeOf(a) - timeOf(b) || a.localeCompare(b, "en", words);
}

/** The folders that package.json files name or imply. */
function configured(repository: Repository): string[] {
  return repository.files
    .filter((file) => path.posix.basename(file) === "package.json")
    .flatMap((file) => {
      const text = optionalText(repository, file);
      if (!/"node-pg-migrate"\s*:/.test(text)) return [];
      const named = /node-pg-migrate[^"]*\s(?:-m|--migrations-dir)[= ]\s*([^\s"]+)/.exec(text)?.[1];
      const folder = path.posix.join(path.posix.dirname(file), named ?? "migrations");
      return filesBelow(repository, folder).length > 0 ? [path.posix.normalize(folder)] : [];
    });
}

/** A migration in a programming language makes a gap that SQL cannot fill. */
function refuseScript(from: string, order: readonly string[]): Note {
  const after = order.slice(order.indexOf(from) + 1).filter((name) => name.endsWith(".sql"));
  const [next] = after;
  return {
    from,
    reason: `is not SQL${next === undefined ? "" : `, and ${next} comes after it`}; ${startWithBaseline}`,
  };
}

/** All visible files of one folder, ordered by the time in their names; only those in SQL can be taken over. */
export const nodePgMigrate: Tool = {
  name: "node-pg-migrate",
  title: "node-pg-migrate",
  ledger: { table: "pgmigrations", query: (table) => `SELECT name AS version FROM ${table}` },
  find: (repository) => [
    ...new Set([
      ...configured(repository),
      ...foldersWithLine(repository, /^[^\S\n]*--[- \t]*up[^\S\n]+migration/im, fileName),
    ]),
  ],
  read: (repository, folder) => {
    const files = filesBelow(repository, folder);
    const isOwn = (from: string) => !from.includes("/") && !from.startsWith(".");
    const order = files
      .filter((from) => isOwn(from) && (from.endsWith(".sql") || scriptPattern.test(from)))
      .sort(byTime);
    const scripts = order.filter((from) => !from.endsWith(".sql"));
    const sql = order.filter((from) => from.endsWith(".sql"));
    const { made, refused } = gather(sql, (from) => migrationOf(readFile(repository, folder, from)));
    return {
      migrations: made,
      skips: files
        .filter((from) => !order.includes(from))
        .map((from) => ({ from, reason: "is not a migration of node-pg-migrate" })),
      warnings: [],
      refused: [...scripts.map((from) => refuseScript(from, order)), ...refused],
    };
  },
};
