import { spawn } from "node:child_process";
import type { ServerTarget } from "../../database/target.ts";
import { type ExitCode, SocratesError } from "../../errors.ts";
import { unknownDatabase } from "../../unknown-database.ts";
import type { Action } from "../commands/command.ts";
import { workspaceOf } from "../workspace.ts";

/** A target as libpq's environment variables: unlike arguments, other users cannot read them. */
function environmentOf(target: ServerTarget): Record<string, string> {
  const values: Readonly<Record<string, string | undefined>> = {
    PGHOST: target.hosts.map(({ host }) => host).join(","),
    PGPORT: target.hosts.map(({ port }) => port).join(","),
    PGUSER: target.user,
    PGDATABASE: target.database,
    PGPASSWORD: target.password,
    PGSSLMODE: target.sslMode,
    PGSSLROOTCERT: target.sslRootCert,
    PGSSLCERT: target.sslCert,
    PGSSLKEY: target.sslKey,
    PGOPTIONS: target.options,
    PGCHANNELBINDING: target.channelBinding,
    PGTARGETSESSIONATTRS: target.sessionAttributes,
    PGSSLNEGOTIATION: target.sslDirect === true ? "direct" : undefined,
    PGCONNECT_TIMEOUT: String(target.connectTimeout),
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    // psql handles Ctrl-C itself.
    const ignore = () => {};
    process.on("SIGINT", ignore);
    const child = spawn("psql", args, { stdio: "inherit", env });
    child.once("error", (error) => {
      process.off("SIGINT", ignore);
      const missing = "code" in error && error.code === "ENOENT";
      const message = missing ? "psql is not installed" : `psql cannot be started: ${error.message}`;
      reject(
        new SocratesError("psql-missing", message, {
          hint: "Install the client programs of PostgreSQL, and check that psql is in PATH.",
          cause: error,
        }),
      );
    });
    child.once("close", (code) => {
      process.off("SIGINT", ignore);
      resolve(code ?? 2);
    });
  });
}

/** `socrates-db psql` */
export const psqlAction: Action = async (invocation) => {
  const [wanted = "", ...args] = invocation.args.filter((word) => word !== undefined);
  const workspace = await workspaceOf(invocation, { migrations: "optional" });
  const { selected, dataDir } = workspace.config;
  const found = selected.find(({ key, name }) => key === wanted || name === wanted);
  if (found === undefined)
    throw unknownDatabase(
      wanted,
      selected.map(({ key }) => key),
    );
  const { target } = found;
  if (target.kind === "embedded")
    throw new SocratesError("not-served", `no process serves the databases in ${dataDir}`, {
      hint: "Run `socrates-db serve` in another terminal: psql needs a port.",
    });
  const code = await run(args, { ...invocation.io.env, ...environmentOf(target) });
  return exitCodeOf(code);
};

/** psql exits with 0, 1 (its own error), 2 (connection lost) or 3 (error in a script). */
function exitCodeOf(code: number): ExitCode {
  return code === 0 || code === 1 || code === 3 ? code : 2;
}
