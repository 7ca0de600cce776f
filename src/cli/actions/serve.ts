import { parseDuration } from "../../config/duration.ts";
import { runLimits } from "../../config/run-limits.ts";
import { SocratesError } from "../../errors.ts";
import type { Workspace } from "../../project/workspace.ts";
import { serveReport, serveText } from "../../report/serve.ts";
import { migrate } from "../../runner/migrate.ts";
import { scales } from "../../seed/scales.ts";
import { seed } from "../../seed/seed.ts";
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

/** Resolves at SIGINT or SIGTERM. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
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
  await prepare(invocation, workspace);
  if (given(options.seed)) await seedOnce(invocation, workspace);
  const lockTimeout = given(options.lockTimeout) ?? parseDuration(String(options.lockTimeout.byDefault), "");
  const ports = Object.fromEntries(
    Array.from(portOptions(databases), ([key, option]) => [key, given(option)]),
  );
  const served = await serve(workspace, { ports, trust: given(options.trust), lockTimeout });
  try {
    const stopped = untilStopped();
    await print(invocation, served);
    workspace.note(
      `serving until Ctrl-C; a client waits ${lockTimeout / 1000} s for another one's transaction, unless it sets lock_timeout`,
    );
    await stopped;
    if (!given(globalOptions.quiet)) io.err("stopping");
  } finally {
    await served.close();
  }
  return 0;
};
