import { spawn, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { databases } from "../../../src/databases.ts";
import { until } from "../../runner/helpers.ts";
import { freePort, serverFolder, serverUser } from "../../support/lanes/cluster.ts";
import { password } from "../../support/lanes/lane.ts";
import { withUrls } from "./machine.ts";

/** Why PgBouncer cannot be used here; undefined if it can. */
export const noPgBouncer =
  spawnSync("pgbouncer", ["--version"]).status === 0 ? undefined : "PgBouncer is not installed";

export interface PgBouncer {
  /** The environment with its connection strings. */
  readonly env: Record<string, string>;
  close(): Promise<void>;
}

/** Starts PgBouncer in front of the server of an environment, by default in transaction mode. */
export async function startPgBouncer(
  env: Readonly<Record<string, string>>,
  mode: "session" | "transaction" = "transaction",
): Promise<PgBouncer> {
  const direct = new URL(env[databases[0]?.urlVariable ?? ""] ?? "");
  const folder = serverFolder();
  const port = await freePort();
  const users = path.join(folder, "users.txt");
  writeFileSync(users, `"postgres" "${password}"\n`);
  const settings = path.join(folder, "pgbouncer.ini");
  writeFileSync(
    settings,
    `[databases]
* = host=${direct.hostname === "localhost" ? "127.0.0.1" : direct.hostname} port=${direct.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = 20
max_client_conn = 200
`,
  );
  const child = spawn("pgbouncer", [settings], {
    ...serverUser(),
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  let ended = false;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const end = new Promise<void>((resolve) => {
    child.once("close", () => {
      ended = true;
      resolve();
    });
  });
  process.once("exit", () => child.kill("SIGKILL"));
  await until("PgBouncer listens", () => log.includes("process up") || ended);
  if (ended) throw new Error(`PgBouncer ended:\n${log}`);
  return {
    env: withUrls(env, (url) => {
      url.host = `127.0.0.1:${port}`;
      url.searchParams.set("sslmode", "disable");
      // PgBouncer opens one connection at a time to the server, also for twenty runners.
      url.searchParams.set("connect_timeout", "120");
    }),
    close: async () => {
      child.kill("SIGKILL");
      await end;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
