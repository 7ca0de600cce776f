import { isConnectionLoss } from "../database/connection-loss.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import { runTask, type Task, type TaskRunner, taskSql } from "./apply.ts";
import type { MigrationFile, Script } from "./files.ts";
import { transactionSettings } from "./script-sql.ts";
import type { RunSettings } from "./settings.ts";
import { cutName, Overtaken, rollBack, transactionError } from "./transact.ts";

/** So many short migrations in a row make a long chain, whose next ones go together. */
const shortInARow = 8;
/** What counts as short, in milliseconds of the server. */
const short = 50;
/** What one message holds at most: progress is still seen, and an interrupt soon heeded. */
const most = { migrations: 64, milliseconds: 200, characters: 256 * 1024 };

/**
 * Commands that run nothing but what stands in the file: others may run SQL that is put together on the server. What goes
 * through the rows of a table may take long, and goes alone, too, so that progress shows it.
 */
const plainCommands = new Set(["ALTER", "COMMENT", "CREATE", "DROP", "GRANT", "INSERT", "REVOKE"]);
/** Quoted identifiers, and words that may be too long. */
const names = /"(?:[^"]|"")*"|[\w$\u0080-\uffff]{16,}/g;
/** In bytes; `NAMEDATALEN` less one (manual, section 4.1.1). */
const longestName = 63;

/**
 * Whether a script may be sent together with its COMMIT: an identifier that PostgreSQL cuts is refused between the two, so
 * there must be none.
 */
function isPlain({ noTransaction, statements, source }: Script): boolean {
  return (
    !noTransaction &&
    statements.every(({ words: [command = ""] }) => plainCommands.has(command)) &&
    (source.text.match(names) ?? []).every((name) => Buffer.byteLength(name) <= longestName)
  );
}

/** As many of the tasks, from the first on, as may go in one message. */
function batchOf(tasks: readonly Task[]): readonly Task[] {
  let characters = 0;
  const end = tasks.findIndex(({ script }) => {
    characters += script.source.text.length;
    return characters > most.characters || !isPlain(script);
  });
  return end < 0 ? tasks : tasks.slice(0, end);
}

interface DurationRow {
  readonly number: number;
  readonly durationMs: number;
}

function durationsSql(tasks: readonly Task[]): string {
  const numbers = tasks.map(({ file }) => file.number).join(", ");
  return `SELECT number, duration_ms AS "durationMs" FROM socrates_db.migrations WHERE number IN (${numbers})`;
}

/** How a migration ended that went with others. */
type Outcome = { readonly durationMs: number } | { readonly error: unknown };

function outcomesOf(tasks: readonly Task[], rows: readonly DurationRow[]): Map<MigrationFile, Outcome> {
  const files = new Map(tasks.map(({ file }) => [file.number, file]));
  return new Map(
    rows.flatMap(({ number, durationMs }) => {
      const file = files.get(number);
      return file === undefined ? [] : [[file, { durationMs }]];
    }),
  );
}

/** Whether a migration that failed in company may end otherwise by itself: another runner, or a lock, was in the way. */
function isWorthAnotherTry(error: unknown): boolean {
  return error instanceof Overtaken || (error instanceof SocratesError && error.code === "lock-timeout");
}

/**
 * Runs migrations in one message, each in a transaction of its own: PostgreSQL runs nothing of a message behind a
 * statement that failed (manual, "Multiple Statements in a Simple Query"), and the ledger then says how far it came.
 * @returns how each ended; what was not run, or is worth another try, has no outcome
 * @throws what the loss of the connection threw
 */
async function runBatch(
  session: Session,
  tasks: readonly Task[],
  settings: RunSettings,
): Promise<Map<MigrationFile, Outcome>> {
  const prepared = tasks.map((task) => taskSql(task, settings.toolVersion));
  const transactions = prepared.map(
    ({ sql }) => `BEGIN; ${transactionSettings(settings)}\n${sql};\nCOMMIT;\n`,
  );
  session.takeNotices();
  try {
    const rows = await session.run<DurationRow>(transactions.join("") + durationsSql(tasks));
    const outcomes = outcomesOf(tasks, rows);
    const files = tasks.map(({ file }) => file);
    const [first, last] = [files[0], files.at(-1)];
    // Such as what a trigger puts together: `isPlain` cannot know it.
    const error = cutName(session, `one of ${first?.id} to ${last?.id}, which are applied`);
    if (error !== undefined && last !== undefined) outcomes.set(last, { error });
    return outcomes;
  } catch (error) {
    if (isConnectionLoss(error)) throw error;
    await rollBack(session, error);
    const outcomes = outcomesOf(tasks, await session.read<DurationRow>(durationsSql(tasks)));
    const at = tasks.findIndex(({ file }) => !outcomes.has(file));
    const task = tasks[at];
    if (task === undefined) return outcomes;
    const failure = transactionError(error, task, prepared[at]?.lines, settings.signal);
    if (!isWorthAnotherTry(failure)) outcomes.set(task.file, { error: failure });
    return outcomes;
  }
}

function total(outcomes: ReadonlyMap<MigrationFile, Outcome>): number {
  let milliseconds = 0;
  for (const outcome of outcomes.values()) if ("durationMs" in outcome) milliseconds += outcome.durationMs;
  return milliseconds;
}

/**
 * Runs the migrations of one database as they are asked for, one by one. In a long chain of short migrations the messages
 * take longer than what they ask for, so there one message runs several, and what it did is told as each is asked for.
 * @param behind a number of tasks that follow one in its phase, as they are when all before them have been applied
 */
export function batchRunner(behind: (task: Task, count: number) => readonly Task[]): TaskRunner {
  let inARow = 0;
  let size = 1;
  let outcomes = new Map<MigrationFile, Outcome>();
  const runAlone = async (task: Task, settings: RunSettings) => {
    const durationMs = await runTask(task, settings);
    inARow = durationMs <= short ? inARow + 1 : 0;
    return durationMs;
  };
  const runAhead = async (task: Task, settings: RunSettings) => {
    if (inARow < shortInARow || !task.lock) return;
    const batch = batchOf([task, ...behind(task, size * 2 - 1)]);
    const last = batch.at(-1);
    if (last === undefined || batch.length < 2) return;
    settings.report({ kind: "together", file: task.file, last: last.file });
    // Until this message has shown that they are short.
    inARow = 0;
    outcomes = await runBatch(task.session, batch, settings);
    if (outcomes.size < batch.length) return;
    inARow = shortInARow;
    size =
      total(outcomes) > most.milliseconds ? Math.ceil(size / 2) : Math.min(batch.length, most.migrations / 2);
  };
  return async (task, settings) => {
    if (!outcomes.has(task.file)) await runAhead(task, settings);
    const outcome = outcomes.get(task.file);
    if (outcome === undefined) return runAlone(task, settings);
    if ("error" in outcome) throw outcome.error;
    return outcome.durationMs;
  };
}
