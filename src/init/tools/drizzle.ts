import path from "node:path";
import { tokenAt, UnterminatedError } from "../../sql/tokens.ts";
import { gather, Refusal, readFile, type ToolFile, wholeFile } from "../gather.ts";
import type { Note, Reading, Repository, Tool, ToolMigration } from "../model.ts";
import { filesBelow, optionalText } from "../repository.ts";

const journalFile = "meta/_journal.json";
const breakpoint = "--> statement-breakpoint";

interface Entry {
  readonly tag: string;
  /** When it was generated, in milliseconds. */
  readonly when: number;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}

/** The journal's entries in its order. @throws Refusal */
function readJournal(text: string): readonly Entry[] {
  const fail = (reason: string) => new Refusal(journalFile, reason);
  let journal: unknown;
  try {
    journal = JSON.parse(text);
  } catch {
    throw fail("is not valid JSON");
  }
  const dialect = property(journal, "dialect");
  if (dialect !== "postgresql" && dialect !== "pg")
    throw fail(`the dialect is ${String(dialect)}, not postgresql`);
  const entries = property(journal, "entries");
  if (!Array.isArray(entries)) throw fail("has no entries");
  return entries.map((entry: unknown, i) => {
    const [tag, when] = [property(entry, "tag"), property(entry, "when")];
    if (typeof tag !== "string" || typeof when !== "number")
      throw fail(`entry ${i} has no tag or no time ("when")`);
    return { tag, when };
  });
}

/** Where the last statement of a text ends that has no semicolon; undefined if there is none. */
function openEnd(sql: string): number | undefined {
  let open: number | undefined;
  try {
    for (let at = 0; at < sql.length; ) {
      const { kind, end } = tokenAt(sql, at);
      if (kind !== "blank") open = sql[at] === ";" ? undefined : end;
      at = end;
    }
  } catch (error) {
    // The breakpoint is inside a string or a body: no place for a semicolon.
    if (error instanceof UnterminatedError) return undefined;
    throw error;
  }
  return open;
}

/** Drizzle sends the text between two breakpoints as one statement, with or without a semicolon. */
function withSemicolons(text: string): string {
  const pieces = text.split(breakpoint);
  return pieces
    .map((piece, i) => {
      const end = i < pieces.length - 1 ? openEnd(piece) : undefined;
      return end === undefined ? piece : `${piece.slice(0, end)};${piece.slice(end)}`;
    })
    .join(breakpoint);
}

function migrationOf(file: ToolFile, { tag, when }: Entry): ToolMigration {
  return {
    from: file.from,
    name: tag.replace(/^\d+_?/, ""),
    version: String(when),
    up: wholeFile({ ...file, text: withSemicolons(file.text) }),
    down: undefined,
    expectsDown: false,
  };
}

/** Drizzle applies what is newer than the last one in the database, and so skips an entry whose time goes back. */
function earlier(entries: readonly Entry[]): Note[] {
  return entries.flatMap(({ tag, when }, i) => {
    const before = entries.slice(0, i).find((other) => other.when > when);
    return before === undefined
      ? []
      : [
          {
            from: `${tag}.sql`,
            reason: `its time in the journal is before that of ${before.tag}: databases may lack it`,
          },
        ];
  });
}

function read(repository: Repository, folder: string): Reading {
  const files = filesBelow(repository, folder);
  if (!files.includes(journalFile))
    return {
      migrations: [],
      skips: [],
      warnings: [],
      refused: [
        {
          from: folder,
          reason: `has folders instead of ${journalFile}, a format of Drizzle that init does not read`,
        },
      ],
    };
  const journal = gather([optionalText(repository, path.posix.join(folder, journalFile))], readJournal);
  const entries = journal.made[0] ?? [];
  const tags = new Set(entries.map(({ tag }) => `${tag}.sql`));
  const { made, refused } = gather(entries, (entry) => {
    const from = `${entry.tag}.sql`;
    if (!files.includes(from)) throw new Refusal(from, `is in ${journalFile}, but the file is missing`);
    return migrationOf(readFile(repository, folder, from), entry);
  });
  const others = files.filter((from) => !tags.has(from) && from !== journalFile);
  const isUnlisted = (from: string) => from.endsWith(".sql") && !from.includes("/");
  return {
    migrations: made,
    skips: others
      .filter((from) => !isUnlisted(from))
      .map((from) => ({ from, reason: "is not a migration of the journal" })),
    warnings: [
      ...others
        .filter(isUnlisted)
        .map((from) => ({ from, reason: `is not in ${journalFile}, so it is left out` })),
      ...earlier(entries),
      ...made.flatMap(({ from, up }) =>
        addedSemicolons(repository, path.posix.join(folder, from), from, up.text),
      ),
      ...(made.length === 0 ? [] : [{ from: folder, reason: "no down files: Drizzle has none" }]),
    ],
    refused: [...journal.refused, ...refused],
  };
}

function addedSemicolons(repository: Repository, file: string, from: string, text: string): Note[] {
  const added = text.length - optionalText(repository, file).length;
  return added === 0 ? [] : [{ from, reason: `${added} missing semicolons were added before breakpoints` }];
}

/** The files that `meta/_journal.json` lists, in its order. */
export const drizzle: Tool = {
  name: "drizzle",
  title: "Drizzle",
  ledger: {
    table: "__drizzle_migrations",
    schema: "drizzle",
    query: (table) => `SELECT created_at::text AS version FROM ${table}`,
  },
  find: ({ files }) => {
    const inside = (name: string) => files.filter((file) => file === name || file.endsWith(`/${name}`));
    // Newer versions write a folder for each migration, with a snapshot in each.
    const folders = inside("snapshot.json").filter((file) =>
      files.includes(path.posix.join(path.posix.dirname(file), "migration.sql")),
    );
    const found = [...inside(journalFile), ...folders];
    return [...new Set(found.map((file) => path.posix.dirname(path.posix.dirname(file))))];
  },
  read,
};
