import { formatNumber } from "../migration-number.ts";
import { gather } from "./gather.ts";
import type { Note, Part, Reading, ToolMigration } from "./model.ts";
import { migrationName } from "./names.ts";
import { divide, pairDowns, type Script } from "./scripts.ts";

/** A migration as it will be in the chain. */
export interface TakenMigration {
  /** The old file, relative to the tool's folder. */
  readonly from: string;
  readonly number: number;
  readonly name: string;
  readonly up: string;
  readonly down: string | undefined;
}

/** What happens to the files of a tool. */
export interface TakeOver {
  readonly takes: readonly TakenMigration[];
  readonly skips: readonly Note[];
  readonly warnings: readonly Note[];
  readonly refused: readonly Note[];
}

/** The text of a file: the old name in the first line, directives below it, then the old SQL. */
function fileText(from: string, phase: number | undefined, { content, noTransaction }: Script): string {
  const lineEnd = content.includes("\r\n") ? "\r\n" : "\n";
  const header = [
    `-- from ${from.replace(/\s+/g, " ")}`,
    ...(phase === undefined ? [] : [`-- socrates-db: phase ${phase}`]),
    ...(noTransaction ? ["-- socrates-db: no-transaction"] : []),
  ];
  return `${header.map((line) => line + lineEnd).join("")}${content}`;
}

/** A migration of the tool, as the files that it becomes. */
interface Planned {
  readonly migration: ToolMigration;
  readonly ups: readonly Script[];
  readonly downs: readonly Script[] | undefined;
  readonly warnings: readonly Note[];
}

/** Each migration starts in a fresh session, so a SET in one of them has no effect in the next. */
function dividedReason(ups: readonly Script[]): string {
  const sets = ups.slice(0, -1).some(({ statements }) => statements.some(({ words }) => words[0] === "SET"));
  return `becomes ${ups.length} migrations: each statement outside a transaction needs a separate file${sets ? "; the settings of SET do not reach the next file" : ""}`;
}

function plan(migration: ToolMigration): Planned {
  const { from, up, down } = migration;
  const warnings: Note[] = [];
  const leftOut = (part: Part) =>
    warnings.push({
      from: part.from,
      reason: "BEGIN and COMMIT are left out: each migration is a transaction",
    });
  const { scripts: ups, wasTransaction } = divide(up);
  if (ups.length === 0) return { migration, ups, downs: undefined, warnings };
  if (wasTransaction) leftOut(up);
  if (ups.length > 1) warnings.push({ from, reason: dividedReason(ups) });
  if (down === undefined) return { migration, ups, downs: undefined, warnings };
  const division = divide(down);
  if (division.wasTransaction) leftOut(down);
  const isEmpty = division.scripts.length === 0;
  const downs = isEmpty ? undefined : pairDowns(ups, down);
  if (isEmpty) warnings.push({ from: down.from, reason: "its down part is empty" });
  else if (downs === undefined)
    warnings.push({
      from: down.from,
      reason: `its down part is left out: it cannot be divided into ${ups.length === 1 ? "one file" : `the ${ups.length} migrations`}; write the down files`,
    });
  return { migration, ups, downs, warnings };
}

/** Missing down files: one warning for all if none has one. */
function withoutDown(folder: string, migrations: readonly ToolMigration[]): Note[] {
  const missing = migrations.filter(({ down, expectsDown }) => expectsDown && down === undefined);
  if (missing.length > 1 && missing.length === migrations.length)
    return [{ from: folder, reason: `no down file for any of the ${missing.length} migrations` }];
  return missing.map(({ from }) => ({ from, reason: "no down file" }));
}

/** Plans the files of a chain from what a tool's folder contains; refusals leave nothing to take over. */
export function planTakeOver(folder: string, reading: Reading): TakeOver {
  const { made, refused } = gather(reading.migrations, plan);
  const own = made.filter(({ ups }) => ups.length > 0).map(({ migration }) => migration);
  const skips = [
    ...reading.skips,
    ...made
      .filter(({ ups }) => ups.length === 0)
      .map(({ migration: { from } }) => ({ from, reason: "has no statement" })),
  ];
  const all = [...reading.refused, ...refused];
  if (all.length > 0) return { takes: [], skips, warnings: [], refused: all };
  const takes = made.flatMap(({ migration, ups, downs }) =>
    ups.map((up, i) => ({ migration, up, down: downs?.[i], suffix: i === 0 ? "" : `_${i + 1}` })),
  );
  return {
    takes: takes.map(({ migration: { from, name, version, down: part }, up, down, suffix }, i) => ({
      from,
      number: i + 1,
      name: `${migrationName(name, version)}${suffix}`,
      up: fileText(from, 0, up),
      down: down === undefined ? undefined : fileText(part?.from ?? from, undefined, down),
    })),
    skips,
    warnings: [...reading.warnings, ...made.flatMap(({ warnings }) => warnings), ...withoutDown(folder, own)],
    refused: [],
  };
}

/** The names of a migration's files. */
export function fileNames({ number, name }: TakenMigration): { readonly up: string; readonly down: string } {
  const id = `${formatNumber(number)}_${name}`;
  return { up: `${id}.sql`, down: `${id}.down.sql` };
}
