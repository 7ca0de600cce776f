import { openOn } from "../api/open.ts";
import type { OpenProject } from "../api/project.ts";
import type { DefaultKey } from "../databases.ts";
import { SocratesError } from "../errors.ts";
import type { Workspace } from "../project/workspace.ts";
import { Clients } from "./clients.ts";
import type { DisposableDatabase } from "./disposable.ts";
import { openEmbeddedDatabase } from "./embedded.ts";
import type { Setup, TestDatabasesOptions } from "./options.ts";
import { newRun, openServerDatabase } from "./server.ts";
import { DisposableDatabases, type TestDatabase, type TestDatabases } from "./test-databases.ts";

/** Starts an empty database for each one of the workspace. */
async function start(workspace: Workspace, engine: "embedded" | "server"): Promise<DisposableDatabase[]> {
  const run = newRun();
  const started = await Promise.allSettled(
    workspace.project.databases.map(({ key, name, target }) => {
      if (engine === "embedded") return openEmbeddedDatabase(key, name);
      if (target.kind === "server") return openServerDatabase(key, target, run);
      throw new SocratesError("url-missing", `the connection string for ${key} is missing`, {
        hint: "Set the connection strings, or leave out the engine: test databases are embedded by default.",
      });
    }),
  );
  const opened = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failed = started.find((result) => result.status === "rejected");
  if (failed === undefined) return opened;
  await Promise.allSettled(opened.map((database) => database.close()));
  throw failed.reason;
}

async function fill(
  project: OpenProject,
  all: readonly { readonly database: DisposableDatabase; readonly clients: Clients }[],
  { phase, to, seed = false, setup = {} }: TestDatabasesOptions,
): Promise<void> {
  await project.migrate({ ...(phase !== undefined && { phase }), ...(to !== undefined && { to }) });
  if (seed !== false) await project.seed({ allowRemote: true, ...(seed === true ? {} : seed) });
  const unknown = Object.keys(setup).find((key) => all.every(({ database }) => database.key !== key));
  if (unknown !== undefined)
    throw new SocratesError("usage", `setup names the database "${unknown}", which does not exist`, {
      hint: `The databases are: ${all.map(({ database }) => database.key).join(", ")}.`,
    });
  const run = async (action: Setup, { sql }: Clients) =>
    typeof action === "string" ? sql.unsafe(action).simple() : action(sql);
  for (const { database, clients } of all) {
    const action = setup[database.key];
    if (action !== undefined) await run(action, clients);
  }
}

/** The caller vouches for the keys of the configured databases. */
function hasKeys<Key extends string>(
  databases: Readonly<Record<string, TestDatabase>>,
): databases is Readonly<Record<Key, TestDatabase>> {
  return Object.keys(databases).length > 0;
}

/**
 * Creates disposable databases for tests: migrated, on request filled, and brought back to that state by `reset()`.
 * An application with other databases than this one's names them: `createTestDatabases<"shop">()`.
 * @throws SocratesError from the configuration, the migrations, seeding; errors of PostgreSQL from `setup`
 */
export async function createTestDatabases<Key extends string = DefaultKey>(
  options: TestDatabasesOptions = {},
): Promise<TestDatabases<Key>> {
  const { engine = "embedded", cwd = process.cwd(), config, builtin, env, urls, database } = options;
  const open = {
    cwd,
    ...(config !== undefined && { config }),
    ...(builtin !== undefined && { builtin }),
    ...(env !== undefined && { env }),
    ...(urls !== undefined && { urls }),
    ...(database !== undefined && { database }),
    ...(engine === "embedded" && { embedded: true }),
  };
  let disposable: readonly DisposableDatabase[] = [];
  const { project, openFresh } = await openOn(
    open,
    (input) => disposable.find(({ key }) => key === input.key)?.target ?? input.target,
  );
  disposable = await start(await openFresh("required"), engine);
  const all = disposable.map((each) => ({ database: each, clients: new Clients(each, cwd) }));
  const entries = all.map(({ database: each, clients }): [string, TestDatabase] => [
    each.key,
    {
      sql: clients.sql,
      pg: <Pool extends object>(more = {}) => clients.pool<Pool>(more),
      url: () => each.url(),
    },
  ]);
  const databases = Object.fromEntries(entries);
  if (!hasKeys<Key>(databases)) throw new Error("unreachable");
  const test = new DisposableDatabases<Key>(all, databases, project);
  try {
    await fill(project, all, options);
    await test.saveBase();
    return test;
  } catch (error) {
    await test.close();
    throw error;
  }
}
