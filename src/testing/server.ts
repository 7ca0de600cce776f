import { randomBytes } from "node:crypto";
import { openSession, type Session } from "../database/session.ts";
import type { ServerTarget } from "../database/target.ts";
import { openTransport } from "../database/transport.ts";
import { SocratesError } from "../errors.ts";
import { identifier, literal } from "../sql/quote.ts";
import type { DisposableDatabase } from "./disposable.ts";
import { type DatabaseProperties, propertiesSql, readProperties } from "./template.ts";

const prefix = "sdb_test_";
const applicationName = (run: string) => `socrates-db test ${run}`;

/** Test databases are dropped when the process that made them has ended without closing them: by the next one. */
const abandoned = (run: string) => `SELECT d.datname AS name FROM pg_catalog.pg_database d
  JOIN pg_catalog.pg_roles r ON r.oid = d.datdba AND r.rolname = CURRENT_USER
  WHERE d.datname ~ '^${prefix}[0-9a-f]{10}_'
    -- Behind a pooler that hides names, no run can be told from another one.
    AND EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE application_name = ${literal(applicationName(run))})
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity
      WHERE application_name = 'socrates-db test ' || pg_catalog.substr(d.datname, ${prefix.length + 1}, 10))`;

const rights = `SELECT CURRENT_USER AS "user", pg_catalog.current_setting('server_version_num')::int AS version,
  rolcreatedb OR rolsuper AS "mayCreate" FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER`;

interface Rights {
  readonly user: string;
  readonly version: number;
  readonly mayCreate: boolean;
}

/** A name for the databases of one run, which no other run has. */
export function newRun(): string {
  return randomBytes(5).toString("hex");
}

/** Opens a session for CREATE DATABASE, outside the databases that are created. */
async function openAdmin(key: string, target: ServerTarget, run: string): Promise<Session> {
  const open = async (database: string) => {
    const session = await openSession({
      key,
      name: database,
      target: { ...target, database },
      applicationName: applicationName(run),
    });
    try {
      await session.run("SELECT");
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  };
  // Some servers do not let everyone connect to `postgres`.
  return await open("postgres").catch(() => open(target.database));
}

/**
 * Copies databases. Files are copied instead of logging each page, which is half the work (manual, "CREATE DATABASE");
 * from 18 on the file system clones them where it can (`file_copy_method`).
 */
async function databaseCopier(
  admin: Session,
  version: number,
): Promise<(from: string, to: string) => Promise<unknown>> {
  const setMethod = (method: string) => admin.run(`SET file_copy_method = ${method}`);
  const strategy = version < 150_000 ? "" : " STRATEGY file_copy";
  let clones = version >= 180_000 && (await isDone(setMethod("clone")));
  return async (from, to) => {
    const sql = `CREATE DATABASE ${identifier(to)} TEMPLATE ${identifier(from)}${strategy}`;
    if (clones && (await isDone(admin.run(sql)))) return;
    if (clones) await setMethod("copy");
    clones = false;
    await admin.run(sql);
  };
}

function isDone(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

/** Rolls back prepared transactions, which DROP DATABASE … FORCE refuses to end; only possible from inside. */
async function endPrepared(admin: Session, inside: () => Promise<Session>, database: string): Promise<void> {
  const prepared = await admin.run<{ gid: string }>(
    `SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = ${literal(database)}`,
  );
  if (prepared.length === 0) return;
  const session = await inside();
  try {
    for (const { gid } of prepared) await session.run(`ROLLBACK PREPARED ${literal(gid)}`);
  } finally {
    await session.close();
  }
}

/**
 * Creates an empty database on the server of `target`.
 * @throws SocratesError `privilege-missing` for a role without CREATEDB; from connecting
 */
export async function openServerDatabase(
  key: string,
  configured: ServerTarget,
  run: string,
): Promise<DisposableDatabase> {
  const admin = await openAdmin(key, configured, run);
  const database = `${prefix}${run}_${key}`;
  const target: ServerTarget = { ...configured, database };
  const saved = new Map<string, { readonly template: string; readonly properties: DatabaseProperties }>();
  const [{ user, version, mayCreate } = { user: "", version: 0, mayCreate: false }] =
    await admin.run<Rights>(rights);
  const drop = (name: string) => admin.run(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
  const copy = await databaseCopier(admin, version);
  const inside = () => openSession({ key, name: database, target, applicationName: applicationName(run) });
  const [{ host, port } = { host: "", port: 0 }] = target.hosts;
  try {
    if (!mayCreate)
      throw new SocratesError("privilege-missing", `the role ${user} may not create databases on ${host}`, {
        hint: `As a superuser, run: ALTER ROLE ${identifier(user)} CREATEDB`,
      });
    for (const { name } of await admin.run<{ name: string }>(abandoned(run))) await drop(name);
    await admin.run(`CREATE DATABASE ${identifier(database)} TEMPLATE template0`);
  } catch (error) {
    await admin.close();
    throw error;
  }
  const transport = await openTransport(target, database);
  return {
    key,
    target,
    login: { user: target.user, database },
    socket: () => transport.socket({ application_name: "test" }),
    pgOptions: () => ({
      host,
      port,
      user: target.user,
      database,
      ...(target.password !== undefined && { password: target.password }),
      ssl: /^(require|verify)/.test(target.sslMode)
        ? { rejectUnauthorized: target.sslMode.startsWith("verify") }
        : false,
    }),
    url: async () => {
      const password = target.password === undefined ? "" : `:${encodeURIComponent(target.password)}`;
      const login = `${encodeURIComponent(target.user)}${password}`;
      return host.startsWith("/")
        ? `postgres://${login}@/${database}?host=${encodeURIComponent(host)}&port=${port}`
        : `postgres://${login}@${host.includes(":") ? `[${host}]` : host}:${port}/${database}?sslmode=${target.sslMode}`;
    },
    save: async (snapshot) => {
      const template = saved.get(snapshot)?.template ?? `${database}_${saved.size}`;
      const [{ count } = { count: 0 }] = await admin.run<{ count: number }>(
        `SELECT pg_catalog.count(*)::int AS count FROM pg_catalog.pg_prepared_xacts WHERE database = ${literal(database)}`,
      );
      if (count > 0)
        throw new SocratesError(
          "usage",
          `${database} has ${count} prepared transactions, which no snapshot can hold`,
          {
            hint: "Commit or roll them back before snapshot().",
          },
        );
      await admin.run(
        `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = ${literal(database)}`,
      );
      const properties = await readProperties(admin, database);
      await drop(template);
      await copy(database, template);
      saved.set(snapshot, { template, properties });
    },
    restore: async (snapshot) => {
      const state = saved.get(snapshot);
      if (state === undefined) throw new Error(`no snapshot named ${snapshot}`);
      await endPrepared(admin, inside, database);
      await drop(database);
      await copy(state.template, database);
      for (const sql of propertiesSql(database, state.properties, user)) await admin.run(sql);
    },
    close: async () => {
      try {
        await endPrepared(admin, inside, database);
        for (const name of [database, ...[...saved.values()].map(({ template }) => template)])
          await drop(name);
      } finally {
        await transport.end();
        await admin.close();
      }
    },
  };
}
