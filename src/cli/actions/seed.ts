import { SocratesError } from "../../errors.ts";
import { jsonText } from "../../report/json.ts";
import { seedReport, seedText } from "../../report/seed.ts";
import type { Mode } from "../../seed/checks.ts";
import { scales } from "../../seed/scales.ts";
import { seed } from "../../seed/seed.ts";
import { version } from "../../version.ts";
import { globalOptions } from "../arguments/global-options.ts";
import { readLimits } from "../arguments/run-settings.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { options } from "../commands/seed.ts";
import { openSeedProgress } from "../progress/seed.ts";
import { withInterrupt } from "../start/interrupt.ts";
import { workspaceOf } from "../workspace.ts";

function readMode({ given }: Invocation): Mode {
  if (given(options.yes) && !given(options.reset))
    throw new SocratesError("usage", "--yes needs --reset", {
      hint: "Leave out --yes: without --reset nothing is deleted.",
    });
  return given(options.append) ? "append" : given(options.reset) ? "reset" : "new";
}

function refuseOne({ given, databases }: Invocation): void {
  if (given(globalOptions.database) === undefined || databases.length === 1) return;
  throw new SocratesError("usage", "seed always fills all databases, as their rows refer to each other", {
    hint: `Leave out --database; the databases are ${databases.map(({ key }) => key).join(" and ")}.`,
  });
}

/** Asks before rows are deleted. @throws SocratesError `confirmation-needed` */
async function confirmRemoval({ io, given }: Invocation, rows: number): Promise<void> {
  if (given(options.yes)) return;
  const answer = await io.confirm(`Delete ${rows} seeded rows?`);
  if (answer === true) return;
  const message = `deleting ${rows} seeded rows was not confirmed${answer === undefined ? ": stdin or stderr is not a terminal" : ""}`;
  throw new SocratesError("confirmation-needed", message, {
    hint: "Add --yes to delete them without a question.",
  });
}

/** `socrates-db seed` */
export const seedAction: Action = async (invocation) => {
  const { io, given } = invocation;
  const mode = readMode(invocation);
  refuseOne(invocation);
  const workspace = await workspaceOf(invocation);
  const limits = readLimits(invocation, workspace.config);
  const progress = await openSeedProgress(io, invocation.databases, given(globalOptions.quiet));
  try {
    const result = await withInterrupt(io, (signal) =>
      seed(workspace, {
        ...limits,
        seed: given(options.seed) ?? 1,
        users: given(options.users) ?? scales[given(options.scale) ?? "small"],
        mode,
        allowRemote: given(options.allowRemote),
        confirm: async (rows) => {
          progress.pause();
          await confirmRemoval(invocation, rows);
        },
        toolVersion: version,
        signal,
        report: progress.report,
      }),
    );
    progress.stop();
    await io.out(given(options.format) === "json" ? jsonText(seedReport(result)) : seedText(result));
    return 0;
  } finally {
    progress.stop();
  }
};
