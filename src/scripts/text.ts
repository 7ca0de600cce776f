import { type RepairStatement, scriptGroups } from "../repair/plan-repair.ts";
import type { Proof } from "../shadow/repair-proof.ts";
import { version } from "../version.ts";

/** What the header of a script says about its two sides. */
export interface ScriptSides {
  readonly database: string;
  readonly phase: string;
  /** The database that the script is for, and its `server_version_num`. */
  readonly repaired: { readonly label: string; readonly serverVersion: number };
  readonly wanted: { readonly label: string; readonly serverVersion: number };
}

/** `18.1` for 180001. */
function versionText(serverVersion: number): string {
  return `${Math.floor(serverVersion / 10_000)}.${serverVersion % 10_000}`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

const width = 110;

/** A comment of as many lines as it needs. */
export function comment(text: string): string {
  const lines: string[] = [];
  let line = "--";
  for (const word of text.replace(/\s+/g, " ").trim().split(" ")) {
    if (line.length + word.length >= width && line !== "--") {
      lines.push(line);
      line = "--  ";
    }
    line += ` ${word}`;
  }
  return [...lines, line].join("\n");
}

/** What the statements rely on in each client. */
const session = [
  "SET client_encoding = 'UTF8'",
  "SET standard_conforming_strings = on",
  "SET lock_timeout = '5s'",
] as const;

function stopsText({ shown, all }: Proof["stops"]): string {
  return `If it stops between its transactions, a new script arrives: shown for ${shown} of ${counted(all, "place")}.`;
}

function header({ database, phase, repaired, wanted }: ScriptSides, proof: Proof): string[] {
  const { plan, unfilled, stops, notGentle, unshown, untouched } = proof;
  const engine = `PostgreSQL ${versionText(plan.wanted.serverVersion)}`;
  return [
    `Brings ${repaired.label} (${database}, PostgreSQL ${versionText(repaired.serverVersion)})`,
    `to ${wanted.label} (PostgreSQL ${versionText(wanted.serverVersion)}), ${phase}.`,
    `Proven in ${engine}: both sides rebuilt and read back equal, ${counted(plan.statements.length, "statement")} run, the catalog afterwards equal to the wanted side, the generated rows unchanged.`,
    ...(stops.all === 0 ? [] : [stopsText(stops)]),
    ...notGentle.map((reason) => `Shortest statements, as the gentle ones are not proven: ${reason}.`),
    ...unshown.map(({ message }) => `No generated row stops the guard: ${message}.`),
    ...(unfilled.length === 0 ? [] : [`Without rows, as none could be generated: ${unfilled.join(", ")}.`]),
    ...(untouched.length === 0
      ? []
      : [`Not rebuilt for the proof, as it is equal on both sides and has no SQL: ${untouched.join(", ")}.`]),
    ...plan.left.map(({ key, reason }) => `Left alone: ${key}: ${reason}.`),
    `Written by socrates-db ${version}.`,
  ].map(comment);
}

/** One statement as text, with a comment that says what it does. */
export function statementText({ sql, what, lock, cost }: RepairStatement): string {
  const locks =
    lock === undefined ? "no lock on what exists" : `${lock.mode} on ${lock.relations.join(", ")}`;
  return `${comment(`${what}: ${locks}, ${cost}`)}\n${sql.trimEnd()};`;
}

/**
 * A proven script as a file for psql, which stops at the first error: settings, then each group of statements in its
 * transaction or alone.
 */
export function scriptText(sides: ScriptSides, proof: Proof): string {
  const parts = [
    header(sides, proof).join("\n"),
    "\\set ON_ERROR_STOP on",
    [...session, ...proof.plan.settings].map((sql) => `${sql};`).join("\n"),
    ...scriptGroups(proof.plan).map(({ transaction, statements }) => {
      const texts = statements.map(statementText);
      return transaction ? ["BEGIN;", ...texts, "COMMIT;"].join("\n\n") : texts.join("\n\n");
    }),
  ];
  return `${parts.join("\n\n")}\n`;
}
