import { parseDuration } from "../../config/duration.ts";
import { runLimits } from "../../config/run-limits.ts";
import { SocratesError } from "../../errors.ts";
import type { Workspace } from "../../project/workspace.ts";
import { serveReport, serveText } from "../../report/serve.ts";
import { migrate } from "../../runner/migrate.ts";
import { scales } from "../../seed/scales.ts";
import { seed } from "../../seed/seed.ts";
import { serveNative } from "../../serve/native.ts";
import { checkServable, type Served, serve } from "../../serve/serve.ts";
import { version } from "../../version.ts";
import { globalOptions } from "../arguments/global-options.ts";
import { withRunSettings } from "../arguments/run-settings.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { options, portOptions } from "../commands/serve.ts";
import { openSeedProgress } from "../progress/seed.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

/** Brings the databases to the head, as `migrate` does. */
async function prepare(invocation: Invocation, { config, project }: Workspace): Promise<void> {
  const limits = runLimits({}, config.file);
  await withRunSettings(invocation, config, limits, "up", (settings) =>
    migrate(project, { ...settings, limit: {}, atomic: false }),
  );
}

/** Seeds databases without rows. */
async function seedOnce({ io, given, databases }: Invocation, workspace: Workspace): Promise<void> {
  const progress = await openSeedProgress(io, databases, given(globalOptions.quiet));
  try {
    await withInterrupt(io, (signal) =>
      seed(workspace, {
        ...runLimits({}, workspace.config.file),
        seed: 1,
        users: scales.small,
        mode: "new",
        allowRemote: false,
        confirm: async () => {},
        toolVersion: version,
        signal,
        report: progress.report,
      }),
    );
  } catch (error) {
    if (!(error instanceof SocratesError) || error.code !== "rows-found") throw error;
    workspace.note("not seeded: the tables have rows already");
  } finally {
    progress.stop();
  }
}

async function fill(invocation: Invocation, workspace: Workspace): Promise<void> {
  await prepare(invocation, workspace);
  if (invocation.given(options.seed)) await seedOnce(invocation, workspace);
}

/** Resolves at SIGINT or SIGTERM. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    // Waiting for signals alone does not keep Node running.
    const alive = setInterval(() => {}, 2 ** 30);
    const stop = () => {
      clearInterval(alive);
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}

async function print({ io, given }: Invocation, { databases }: Served): Promise<void> {
  const isJson = given(options.format) === "json";
  await io.out(isJson ? `${JSON.stringify(serveReport(databases, process.pid))}\n` : serveText(databases));
}

/** `socrates-db serve` */
export const serveAction: Action = async (invocation) => {
  const { io, given, databases } = invocation;
  const workspace = await workspaceOf(invocation);
  checkServable(workspace);
  const lockTimeout = given(options.lockTimeout) ?? parseDuration(String(options.lockTimeout.byDefault), "");
  const ports = Object.fromEntries(
    Array.from(portOptions(databases), ([key, option]) => [key, given(option)]),
  );
  const settings = { ports, trust: given(options.trust), lockTimeout };
  const isNative = given(options.native);
  if (!isNative) await fill(invocation, workspace);
  const served = isNative ? await serveNative(workspace, settings) : await serve(workspace, settings);
  try {
    const stopped = untilStopped();
    // A server is migrated and seeded as other commands would: through what it serves.
    if (isNative) await fill(invocation, await workspaceOf(invocation));
    await print(invocation, served);
    const waits = `; a client waits ${lockTimeout / 1000} s for another one's transaction, unless it sets lock_timeout`;
    workspace.note(`serving until Ctrl-C${isNative ? "" : waits}`);
    await stopped;
    if (!given(globalOptions.quiet)) io.err("stopping");
  } finally {
    await served.close();
  }
  return 0;
};
