import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../diff/finding.ts";
import { SocratesError } from "../errors.ts";
import {
  type Disturbance,
  lockConflicts,
  type NeededLock,
  oldTransactions,
  replicationLag,
} from "../project/moment.ts";
import { type OpenDatabase, withDatabases } from "../project/open.ts";
import type { Workspace } from "../project/workspace.ts";
import type { RehearsedStatement } from "./statements.ts";

/** A database that is disturbed at this moment. */
interface Disturbed extends Disturbance {
  readonly database: string;
}

export interface QuietOptions {
  /** How long to wait for a moment without disturbances, in milliseconds; 0 looks once. */
  readonly waitForQuiet: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** In milliseconds. */
const pause = 1_000;

/** What the first file of a database that locks something needs. */
function neededBy(statements: readonly RehearsedStatement[], key: string): NeededLock[] {
  const own = statements.filter(({ database }) => database === key);
  const first = own.find(({ held }) => held.length > 0);
  return [...(own.findLast(({ file, measured }) => measured && file === first?.file)?.held ?? [])];
}

function isConcurrent({ sql }: RehearsedStatement): boolean {
  return /\bconcurrently\b/i.test(sql);
}

async function disturbancesOf(
  { key, session }: OpenDatabase,
  statements: readonly RehearsedStatement[],
): Promise<Disturbed[]> {
  const own = statements.filter(({ database }) => database === key);
  if (own.length === 0) return [];
  const found = [
    ...(await lockConflicts(session, neededBy(statements, key))),
    ...(own.some(isConcurrent) ? await oldTransactions(session) : []),
    ...(await replicationLag(session)),
  ];
  return found.map((one) => ({ ...one, database: key }));
}

/** What disturbs the databases after having waited for a moment without it. */
async function disturbances(
  { project }: Workspace,
  statements: readonly RehearsedStatement[],
  { waitForQuiet, signal, onProgress }: QuietOptions,
): Promise<Disturbed[]> {
  const servers = project.databases.filter(({ target }) => target.kind === "server");
  if (servers.length === 0 || statements.length === 0) return [];
  return withDatabases(
    servers,
    "rehearse",
    async (open) => {
      const end = performance.now() + waitForQuiet;
      for (;;) {
        const found = (await Promise.all(open.map((one) => disturbancesOf(one, statements)))).flat();
        const [first] = found;
        if (first === undefined || performance.now() >= end) return found;
        onProgress?.(`waiting: ${first.database}: ${first.message}`);
        await sleep(pause, undefined, { signal });
      }
    },
    signal,
  );
}

const hints: Readonly<Record<Disturbance["code"], string>> = {
  "lock-conflict": "Wait until it has ended, or end it: SELECT pg_terminate_backend(pid).",
  "old-transaction": "Wait until it has ended, or end it: SELECT pg_terminate_backend(pid).",
  "replication-lag": "Wait until the standby has caught up: a migration adds to what it has to replay.",
  "wraparound-vacuum": "Let it finish: it does not give way to other sessions.",
};

/** What a report says about this moment. */
export interface MomentReport {
  readonly findings: readonly Finding[];
  readonly summary: readonly string[];
}

/** What the targets are doing now that the first statements would wait for. */
export async function momentReport(
  workspace: Workspace,
  statements: readonly RehearsedStatement[],
  options: QuietOptions,
): Promise<MomentReport> {
  const found = await disturbances(workspace, statements, options);
  const findings = found.map(
    ({ code, database, relation, message }): Finding => ({
      code,
      severity: "warning",
      database,
      ...(relation !== undefined && { object: relation }),
      message: `${code}: ${message}`,
      hint: hints[code],
    }),
  );
  const concerned = workspace.project.databases.filter(({ key }) =>
    statements.some(({ database }) => database === key),
  );
  const summary = concerned.flatMap(({ key, target }) => {
    if (target.kind === "embedded") return [`${key} now: embedded, without other sessions`];
    return found.some(({ database }) => database === key) ? [] : [`${key} now: nothing to wait for`];
  });
  return { findings, summary };
}

/**
 * Waits for a moment in which the first statements have to wait for no one.
 * @throws SocratesError `not-quiet`, with what is in the way, after `waitForQuiet`
 */
export async function waitUntilQuiet(
  workspace: Workspace,
  statements: readonly RehearsedStatement[],
  options: QuietOptions,
): Promise<void> {
  const found = await disturbances(workspace, statements, options);
  const [first] = found;
  if (first === undefined) return;
  const others = found.length === 1 ? "" : `, and ${found.length - 1} more`;
  throw new SocratesError("not-quiet", `${first.database}: ${first.message}${others}`, {
    hint: `${hints[first.code]} socrates-db rehearse --live lists all.`,
  });
}
