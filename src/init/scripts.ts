import { SocratesError } from "../errors.ts";
import { readDirectives } from "../migrations/directives.ts";
import { readStatements } from "../migrations/files.ts";
import { droppedIndex, runsOutsideTransaction } from "../sql/outside-transaction.ts";
import { concurrentIndex, isTransactionControl, type Statement } from "../sql/statements.ts";
import { tokenAt } from "../sql/tokens.ts";
import { lineAt, Refusal } from "./gather.ts";
import type { Part, Range } from "./model.ts";
import { masked, textIn, within, without } from "./text-ranges.ts";

/** SQL that becomes one file. */
export interface Script {
  readonly statements: readonly Statement[];
  /** As in the old file. */
  readonly content: string;
  /** Whether its one statement runs outside a transaction. */
  readonly noTransaction: boolean;
}

/** The SQL of one direction of a migration, divided into files. */
export interface Division {
  readonly scripts: readonly Script[];
  /** Whether BEGIN and COMMIT around the statements were left out. */
  readonly wasTransaction: boolean;
}

/** A message of the runner's checks, for the old file. */
function refusalOf({ from }: Part, error: unknown): Refusal {
  if (!(error instanceof SocratesError)) throw error;
  const { location, message } = error;
  if (location === undefined) return new Refusal(from, message);
  const { file, line, column } = location;
  return new Refusal(from, `line ${line}: ${message.replace(`${file}:${line}:${column}: `, "")}`);
}

/** The statements of a part, as the runner will read them. @throws Refusal */
function statementsOf(part: Part): readonly Statement[] {
  const source = { path: part.path, text: masked(part.text, part.ranges) };
  try {
    const { phase, noTransaction, irreversible } = readDirectives(source);
    if (phase !== undefined || noTransaction || irreversible !== undefined)
      throw new Refusal(part.from, "already has directives of socrates-db");
    return readStatements(source);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw refusalOf(part, error);
  }
}

/** Where the line of a statement ends: after its semicolon, blanks, a comment in the same line, and the line break. */
function endOf(text: string, { offset, text: { length } }: Statement): number {
  let at = offset + length;
  while (at < text.length && text[at] !== ";") at = tokenAt(text, at).end;
  at++;
  const rest = /[^\S\r\n]*(?:--[^\r\n]*)?(?:\r\n|\r|\n|$)/y;
  rest.lastIndex = at;
  return rest.test(text) ? rest.lastIndex : Math.min(at, text.length);
}

const opening = new Set(["BEGIN", "START"]);
const closing = new Set(["COMMIT", "END"]);

/** The part without BEGIN and COMMIT around all of its statements. @throws Refusal for other transaction control */
function withoutTransaction(part: Part, statements: readonly Statement[]): Part | undefined {
  const control = statements.filter(isTransactionControl);
  const [first, last] = [statements.at(0), statements.at(-1)];
  if (first === undefined || last === undefined || control.length === 0) return undefined;
  const [begin, commit] = [first.words[0] ?? "", last.words[0] ?? ""];
  const isPair = control.length === 2 && first !== last && opening.has(begin) && closing.has(commit);
  const inside = control.find((statement) => statement !== first && statement !== last) ?? control[0];
  if (!isPair)
    throw new Refusal(
      part.from,
      `line ${lineAt(part.text, inside?.offset ?? 0)}: transaction control (${inside?.words[0]}) that is not one BEGIN and COMMIT around the whole file`,
    );
  const text = masked(part.text, part.ranges);
  const cut = (statement: Statement): Range => ({ start: statement.offset, end: endOf(text, statement) });
  const ranges = without(without(part.ranges, cut(first)), cut(last));
  // The file opens a transaction itself, whatever it says about that of its tool.
  return { ...part, ranges, noTransaction: false };
}

/** Neighbouring statements that run together. */
function groupsOf(statements: readonly Statement[], apart: (statement: Statement) => boolean): Statement[][] {
  const groups: Statement[][] = [];
  let open = false;
  for (const statement of statements) {
    const isApart = apart(statement);
    if (open && !isApart) groups.at(-1)?.push(statement);
    else groups.push([statement]);
    open = !isApart;
  }
  return groups;
}

/** The SQL of some statements of a part, with the comments before each. */
function contentOf(part: Part, all: readonly Statement[], group: readonly Statement[]): string {
  if (group.length === all.length) return textIn(part.text, part.ranges);
  const text = masked(part.text, part.ranges);
  return group
    .map((statement) => {
      const i = all.indexOf(statement);
      const before = all[i - 1];
      const isLast = i === all.length - 1;
      const range = {
        start: before === undefined ? 0 : endOf(text, before),
        end: isLast ? part.text.length : endOf(text, statement),
      };
      return textIn(part.text, within(part.ranges, range));
    })
    .join("");
}

function scriptOf(part: Part, all: readonly Statement[], statements: readonly Statement[]): Script {
  const [first] = statements;
  const isAlone = statements.length === 1 && first !== undefined;
  return {
    statements,
    content: contentOf(part, all, statements),
    noTransaction: isAlone && (part.noTransaction || runsOutsideTransaction(first)),
  };
}

/**
 * Divides a part into files: one for each statement that runs outside a transaction, and one for each run of
 * statements between them. A part that its tool runs outside a transaction has one file for each statement.
 * @throws Refusal for SQL that the runner would refuse
 */
export function divide(part: Part): Division {
  const bare = withoutTransaction(part, statementsOf(part));
  const used = bare ?? part;
  const statements = bare === undefined ? statementsOf(part) : statementsOf(bare);
  const groups = groupsOf(statements, (statement) => used.noTransaction || runsOutsideTransaction(statement));
  return {
    scripts: groups.map((group) => scriptOf(used, statements, group)),
    wasTransaction: bare !== undefined,
  };
}

/**
 * The down scripts of a migration that became several: each DROP INDEX belongs to the script that creates the index,
 * other statements to the only other script.
 * @returns one for each up script; undefined if it cannot be decided
 */
export function pairDowns(ups: readonly Script[], down: Part): readonly Script[] | undefined {
  const { scripts } = divide(down);
  const statements = scripts.flatMap((script) => script.statements);
  if (ups.length === 1) return scripts.length === 1 ? scripts : undefined;
  const indexes = ups.map(({ statements: [first] }) => first && concurrentIndex(first)?.name);
  const others = indexes.flatMap((name, i) => (name === undefined ? [i] : []));
  const owners = statements.map((statement) => {
    const name = droppedIndex(statement);
    const owner = name === undefined ? -1 : indexes.indexOf(name);
    return owner >= 0 ? owner : others.length === 1 ? others[0] : undefined;
  });
  const part = withoutTransaction(down, statementsOf(down)) ?? down;
  const found = ups.map((_, i) => statements.filter((_statement, at) => owners[at] === i));
  const isDecided = owners.every((owner) => owner !== undefined) && found.every((each) => each.length > 0);
  const isMixed = found.some((each) => each.length > 1 && each.some(runsOutsideTransaction));
  return isDecided && !isMixed ? found.map((each) => scriptOf(part, statements, each)) : undefined;
}
