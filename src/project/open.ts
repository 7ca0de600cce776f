import { untilAborted } from "../database/deadline.ts";
import { checkDirectory, embeddedExists } from "../database/embedded/directory.ts";
import type { Session } from "../database/session.ts";
import type { Target } from "../database/target.ts";
import { emptyLedger, type Ledger, readLedger } from "../ledger/ledger.ts";
import type { ChainFiles } from "../migrations/files.ts";
import { connect } from "./connect.ts";
import { keepLedger, keptLedger } from "./kept-ledger.ts";
import { checkChainIdentity, checkDistinct, checkVersion, type ServerInfo } from "./preflight.ts";
import { type ReportedTarget, reportedTarget } from "./reported-target.ts";

/** One database of a run: its target and its chain. */
export interface DatabaseInput {
  readonly key: string;
  /** For example `shop`. */
  readonly name: string;
  readonly target: Target;
  readonly chain: ChainFiles;
}

/** What a command works on. */
export interface Project {
  /** All chains, including those of unselected databases: numbers and phases are common to all. */
  readonly chains: readonly ChainFiles[];
  /** The databases to read or change. */
  readonly databases: readonly DatabaseInput[];
}

/** A database that answered, with what was read before any change. */
export interface OpenDatabase extends DatabaseInput {
  readonly session: Session;
  readonly info: ServerInfo;
  readonly ledger: Ledger;
}

/** The results of all, or the first failure in the order of the inputs, after `undo` of the successful ones. */
async function allOrNone<T>(work: readonly Promise<T>[], undo: (value: T) => Promise<void>): Promise<T[]> {
  const settled = await Promise.allSettled(work);
  const failed = settled.find((result) => result.status === "rejected");
  const values = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  if (failed === undefined) return values;
  await Promise.all(values.map(undo));
  throw failed.reason;
}

async function openOne(
  input: DatabaseInput,
  command: string,
  signal: AbortSignal | undefined,
): Promise<OpenDatabase> {
  const { session, info } = await connect(input, command, signal);
  try {
    checkVersion(session, info);
    const ledger = info.hasLedger ? await untilAborted(readLedger(session), signal) : emptyLedger;
    checkChainIdentity(session, ledger);
    return { ...input, session, info, ledger };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/**
 * Opens all databases side by side, reads their ledgers, passes them to `work`, and always closes them.
 * @param signal ends the attempts to open them; its reason is thrown
 * @throws SocratesError for the first that cannot be reached, is too old, has another chain, or is the same as
 * another
 */
export async function withDatabases<T>(
  inputs: readonly DatabaseInput[],
  command: string,
  work: (open: readonly OpenDatabase[]) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (const { target } of inputs)
    if (target.kind === "embedded" && target.directory !== null) checkDirectory(target.directory);
  const open = await allOrNone(
    inputs.map((input) => openOne(input, command, signal)),
    ({ session }) => session.close(),
  );
  let after: readonly (Ledger | undefined)[] = [];
  try {
    checkDistinct(open);
    const result = await work(open);
    after = await Promise.all(open.map(ledgerAfter));
    return result;
  } finally {
    await Promise.all(open.map(({ session }) => session.close()));
    for (const [i, ledger] of after.entries()) {
      const input = open[i];
      if (input !== undefined && ledger !== undefined) keepLedger(input, ledger);
    }
  }
}

/** The ledger of an embedded database at the end of a run; of a server it may change at any time. */
async function ledgerAfter({ session, target }: OpenDatabase): Promise<Ledger | undefined> {
  if (target.kind !== "embedded" || target.directory === null) return undefined;
  // A run that was interrupted has ended its session.
  return readLedger(session).catch(() => undefined);
}

/** The targets of databases, by key, for reports: of several hosts the one in use. */
export function targetsOf(
  inputs: readonly DatabaseInput[],
  open: readonly OpenDatabase[],
): ReadonlyMap<string, ReportedTarget> {
  const inUse = new Map(open.map(({ key, session }) => [key, session.target]));
  return new Map(inputs.map(({ key, target }) => [key, reportedTarget(inUse.get(key) ?? target)]));
}

/** Whether a database was never created: only commands that write create embedded ones. */
export function isAbsent({ target }: DatabaseInput): boolean {
  return target.kind === "embedded" && target.directory !== null && !embeddedExists(target.directory);
}

/** A database without a ledger, for a command that only reads. */
export interface ReadDatabase extends DatabaseInput {
  readonly ledger: Ledger;
}

/** Reads the ledgers of all databases without changing anything. */
export async function readLedgers(
  inputs: readonly DatabaseInput[],
  command: string,
): Promise<ReadDatabase[]> {
  const kept = new Map(
    inputs.flatMap((input) => {
      const ledger = keptLedger(input);
      return ledger === undefined ? [] : [[input.key, { ledger }] as const];
    }),
  );
  const present = inputs.filter((input) => !kept.has(input.key) && !isAbsent(input));
  const read = await withDatabases(
    present,
    command,
    async (open) => new Map(open.map(({ key, ledger, session: { target } }) => [key, { ledger, target }])),
  );
  return inputs.map((input) => ({
    ...input,
    ledger: emptyLedger,
    ...kept.get(input.key),
    ...read.get(input.key),
  }));
}
