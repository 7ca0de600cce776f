import { nearest } from "../nearest.ts";
import { fileError, type SourceFile } from "../sql/source-file.ts";
import { lineComments } from "../sql/tokens.ts";

/**
 * The directives of a migration: comment lines `-- socrates-db: <directive>` above the first statement. `phase N`
 * sets the phase; `no-transaction` runs the file's one statement outside a transaction; `irreversible`, with or
 * without a reason, marks a migration that cannot be rolled back; `amends`, with or without a reason, marks one that
 * changes what earlier phases have made, as the document has changed; `accept HAZARD reason`, once for each, accepts a
 * hazard that a rehearsal finds in the file.
 */
export interface Directives {
  readonly phase: number | undefined;
  readonly noTransaction: boolean;
  /** The reason, empty if none is given; undefined for a migration that can be rolled back. */
  readonly irreversible: string | undefined;
  /** Why it changes what earlier phases have made, empty if no reason is given; undefined if it must not. */
  readonly amends: string | undefined;
  readonly accepts: readonly AcceptedHazard[];
}

/** A hazard that the author of a migration accepts. */
export interface AcceptedHazard {
  /** Its id, which only a rehearsal checks. */
  readonly hazard: string;
  readonly reason: string;
  /** Where the directive starts in the file, in UTF-16 units. */
  readonly offset: number;
}

const prefix = "socrates-db";
const known = ["phase", "no-transaction", "irreversible", "amends", "accept"];
// For a trimmed line. Adjacent repetitions cannot match the same characters, so the time is linear.
const commentPattern = /^--+\s*(\w[\w-]*)\s*:\s*(\S.*)?$/;
const withoutColon = /^--+\s*(\w(?:[\w-]*\w)?)\s+([\w-]+)/;

function misspelt(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  return near === undefined ? `The directives are: ${candidates.join(", ")}.` : `Did you mean "${near}"?`;
}

/** A directive without its prefix or colon would be skipped as a comment, and change what runs. */
function refuseBare(source: SourceFile, offset: number, line: string): void {
  const [, first = "", second = ""] = withoutColon.exec(line) ?? [];
  const isDirective = nearest(first, [prefix]) !== undefined && nearest(second, known) !== undefined;
  if (isDirective || /^--\s*no-transaction$/.test(line))
    throw fileError(
      source,
      offset,
      `"${line}" is not a directive: "${prefix}:" is missing`,
      `Write "-- ${prefix}: ${isDirective ? line.slice(line.indexOf(second)) : "no-transaction"}".`,
    );
}

/**
 * Parses the directives of a file.
 * @throws SocratesError `file-invalid` for a directive that is unknown, misspelt, repeated, or below the first
 * statement
 */
export function readDirectives(source: SourceFile): Directives {
  const found = new Map<string, string>();
  const accepts: AcceptedHazard[] = [];
  const { text } = source;
  // After the first statement, a directive is only looked for if the prefix occurs at all.
  for (const { text: comment, offset, afterStatement } of lineComments(text, text.lastIndexOf(prefix))) {
    const match = commentPattern.exec(comment.trim());
    if (match !== null) {
      const line = readLine(source, offset, match[1] ?? "", match[2] ?? "", !afterStatement);
      if (line?.name === "accept") accepts.push(acceptedHazard(source, offset, line.value));
      else if (line !== undefined) keep(source, offset, line, found);
    } else if (!afterStatement) refuseBare(source, offset, comment.trim());
  }
  const phase = found.get("phase");
  return {
    phase: phase === undefined ? undefined : Number(phase),
    noTransaction: found.has("no-transaction"),
    irreversible: found.get("irreversible"),
    amends: found.get("amends"),
    accepts,
  };
}

/** @throws SocratesError `file-invalid` without a reason */
function acceptedHazard(source: SourceFile, offset: number, value: string): AcceptedHazard {
  const [, hazard, reason] = /^(\S+)\s+(\S.*)$/.exec(value) ?? [];
  if (hazard === undefined || reason === undefined)
    throw fileError(
      source,
      offset,
      `"accept ${value}" is not a hazard with a reason`,
      `Write "-- ${prefix}: accept HAZARD why it is harmless here".`,
    );
  return { hazard, reason, offset };
}

interface DirectiveLine {
  readonly name: string;
  readonly value: string;
}

/** A line that is a directive of this program; undefined for other comments. */
function readLine(
  source: SourceFile,
  offset: number,
  key: string,
  text: string,
  inHeader: boolean,
): DirectiveLine | undefined {
  if (key !== prefix) {
    if (inHeader && nearest(key, [prefix]) !== undefined)
      throw fileError(source, offset, `unknown directive prefix "${key}"`, `Write "-- ${prefix}: …".`);
    return undefined;
  }
  if (!inHeader)
    throw fileError(
      source,
      offset,
      `the directive "${text}" is below the first statement`,
      "Move it to the top of the file.",
    );
  const [name = "", ...rest] = text.split(/\s+/);
  const value = rest.join(" ");
  if (!known.includes(name))
    throw fileError(source, offset, `unknown directive "${name}"`, misspelt(name, known));
  return { name, value };
}

/** Keeps a directive that a file may have once. @throws SocratesError `file-invalid` */
function keep(
  source: SourceFile,
  offset: number,
  { name, value }: DirectiveLine,
  found: Map<string, string>,
): void {
  if (found.has(name)) throw fileError(source, offset, `duplicate directive "${name}"`, "Keep one of them.");
  if (name === "phase" && !/^\d{1,4}$/.test(value))
    throw fileError(
      source,
      offset,
      `the phase "${value}" is not an integer`,
      `Use for example "-- ${prefix}: phase 3".`,
    );
  if (name === "no-transaction" && value !== "")
    throw fileError(
      source,
      offset,
      `"no-transaction" takes no value, but has "${value}"`,
      `Write "-- ${prefix}: no-transaction".`,
    );
  found.set(name, value);
}
