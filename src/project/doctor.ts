import { checkDirectory, majorVersion } from "../database/embedded/directory.ts";
import type { Session } from "../database/session.ts";
import { describeTarget } from "../database/target.ts";
import { SocratesError } from "../errors.ts";
import { emptyLedger, readLedger } from "../ledger/ledger.ts";
import { type ChainFiles, checkChains, readScript } from "../migrations/files.ts";
import { aheadOf, checkChain, compareChain } from "../migrations/validate.ts";
import { displayPath } from "../sql/source-file.ts";
import { splitStatements } from "../sql/statements.ts";
import { version } from "../version.ts";
import { type Connected, connect } from "./connect.ts";
import { checkExtensions } from "./extensions.ts";
import { type DatabaseInput, isAbsent, type Project } from "./open.ts";
import { tooOldPgDump } from "./pg-dump.ts";
import {
  checkChainIdentity,
  checkDistinct,
  checkUnoccupied,
  checkVersion,
  checkWritable,
  isPooled,
  type ServerInfo,
} from "./preflight.ts";
import type { Workspace } from "./workspace.ts";

/** The outcome of one check of `doctor`. */
export interface Check {
  /** Key of its database; undefined for a check of everything. */
  readonly database?: string;
  readonly name: string;
  readonly state: "ok" | "warning" | "failed";
  readonly message: string;
  /** The hint for a failure. */
  readonly hint?: string;
}

/** Runs one check; it returns its message or throws. */
async function check(
  name: string,
  database: string | undefined,
  work: () => string | Promise<string>,
): Promise<Check> {
  const about = database === undefined ? { name } : { name, database };
  try {
    return { ...about, state: "ok", message: await work() };
  } catch (error) {
    if (!(error instanceof SocratesError)) throw error;
    return { ...about, state: "failed", message: error.message, hint: error.hint };
  }
}

/** Checks the files of all chains: readable, valid names, unique numbers, and every script can run. */
function checkFiles({ chains }: Project): Promise<Check> {
  return check("migrations", undefined, () => {
    checkChains(chains);
    for (const file of chains.flatMap(({ migrations }) => migrations))
      readScript(file.source, file.noTransaction);
    return chains.map(({ database, migrations }) => `${migrations.length} for ${database}`).join(", ");
  });
}

function privileges(info: ServerInfo): string {
  return info.superuser
    ? `${info.user} is a superuser`
    : `${info.user} has the privileges that the migrations need`;
}

async function checkSession(
  input: DatabaseInput,
  chains: readonly ChainFiles[],
  session: Session,
  info: ServerInfo,
): Promise<Check[]> {
  const { key, chain } = input;
  const ledger = info.hasLedger ? await readLedger(session).catch(() => undefined) : emptyLedger;
  const checks = [
    await check("version", key, () => {
      checkVersion(session, info);
      return `PostgreSQL ${info.versionText}`;
    }),
    await check("privileges", key, () => {
      const applied = new Set(ledger?.rows.map(({ number }) => number));
      const pending = chain.migrations.filter(({ number }) => !applied.has(number));
      checkWritable(
        session,
        info,
        pending.map((file) => readScript(file.source, file.noTransaction)),
      );
      return privileges(info);
    }),
    await check("ledger", key, async () => {
      const current = ledger ?? (await readLedger(session));
      if (current.chain === undefined) {
        await checkUnoccupied(session, chains, (own) =>
          own.migrations.flatMap((file) => splitStatements(file.source.text)),
        );
        return "none yet: the first migrate creates it";
      }
      checkChainIdentity(session, current);
      const statuses = compareChain(chain, current);
      checkChain(session.label, statuses);
      const newer = aheadOf(statuses);
      const ahead = newer.length === 0 ? "" : `, and ${newer.join(", ")} by a newer version of this project`;
      return `chain ${current.chain}, ${current.rows.length - newer.length} of ${chain.migrations.length} migrations applied${ahead}`;
    }),
    await check("extensions", key, async () => {
      await checkExtensions(
        session,
        info,
        chain.migrations
          .filter(({ number }) => ledger?.rows.every((row) => row.number !== number) ?? true)
          .map((file) => readScript(file.source, file.noTransaction)),
      );
      return "all extensions of the migrations are available";
    }),
  ];
  if (isPooled(session, info))
    checks.push({
      database: key,
      name: "pooler",
      state: "warning",
      message: `${session.label} is reached through a connection pooler`,
      hint: "Migrations run, but those without a transaction are refused: use the direct URL of the server.",
    });
  return checks;
}

interface CheckedDatabase {
  readonly checks: readonly Check[];
  /** The server's answer; the session is closed. */
  readonly reached?: Connected;
}

/** Checks one database: reachable, new enough, writable, its ledger sound, its extensions available. */
async function checkDatabase(input: DatabaseInput, chains: readonly ChainFiles[]): Promise<CheckedDatabase> {
  const { key, target } = input;
  const label = describeTarget(target);
  const { directory } = target.kind === "embedded" ? target : { directory: null };
  let isMissing = false;
  const seen = await check("connection", key, () => {
    isMissing = isAbsent(input);
    return label;
  });
  if (seen.state === "failed") return { checks: [seen] };
  if (directory !== null && isMissing) {
    const absent = await check("connection", key, () => {
      checkDirectory(directory);
      return `${label} does not exist yet: the first migrate creates it`;
    });
    return { checks: [absent] };
  }
  let session: Session | undefined;
  try {
    let info: ServerInfo | undefined;
    const reached = await check("connection", key, async () => {
      ({ session, info } = await connect(input, "doctor"));
      return label;
    });
    if (session === undefined || info === undefined) return { checks: [reached] };
    const checks = [reached, ...(await checkSession(input, chains, session, info))];
    return { checks, reached: { session, info } };
  } finally {
    await session?.close();
  }
}

/** Checks all databases of a project side by side, and that they are different. Changes nothing. */
async function checkDatabases({ databases, chains }: Project): Promise<Check[]> {
  const checked = await Promise.all(databases.map((input) => checkDatabase(input, chains)));
  const checks = checked.flatMap((one) => one.checks);
  const reached = checked.flatMap((one) => one.reached ?? []);
  if (reached.length < 2) return checks;
  const distinct = await check("databases", undefined, () => {
    checkDistinct(reached);
    return `${reached.map(({ session }) => session.key).join(" and ")} are separate databases`;
  });
  return [...checks, distinct];
}

/** Whether the client programs can read embedded databases. */
async function checkClients({ config }: Workspace): Promise<Check[]> {
  const found = config.embedded ? await tooOldPgDump() : undefined;
  if (found === undefined) return [];
  return [
    {
      name: "pg_dump",
      state: "warning",
      message: `pg_dump ${found} refuses the embedded databases, which are PostgreSQL ${majorVersion}`,
      hint: `To dump them while \`socrates-db serve\` runs, use pg_dump ${majorVersion} or newer.`,
    },
  ];
}

/** The oldest Node version that the libraries support. */
const oldestNode = 20;

function checkNode(): string {
  if (Number(process.versions.node.split(".")[0]) < oldestNode)
    throw new SocratesError("config-invalid", `this is Node ${process.versions.node}`, {
      hint: `Use Node ${oldestNode} or newer.`,
    });
  return `socrates-db ${version} on Node ${process.versions.node}`;
}

/**
 * Checks what is configured, reachable, installed and allowed. Changes nothing.
 * @param open reads the configuration; its error is the outcome of a check
 */
export async function doctor(open: () => Promise<Workspace>): Promise<Check[]> {
  const checks = [await check("program", undefined, checkNode)];
  let workspace: Workspace | undefined;
  checks.push(
    await check("configuration", undefined, async () => {
      workspace = await open();
      const { configFile, embedded } = workspace.config;
      const file = configFile === undefined ? "no config file" : displayPath(configFile);
      return `${file}, ${embedded ? "embedded databases" : "databases on a server"}`;
    }),
  );
  if (workspace === undefined) return checks;
  const { project } = workspace;
  return [
    ...checks,
    await checkFiles(project),
    ...(await checkDatabases(project)),
    ...(await checkClients(workspace)),
  ];
}
