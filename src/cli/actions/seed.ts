import { setFlagsFromString } from "node:v8";
import { databases } from "../../databases.ts";
import { SocratesError } from "../../errors.ts";
import { seedJson, seedText } from "../../report/seed.ts";
import type { Mode } from "../../seed/checks.ts";
import { seed } from "../../seed/seed.ts";
import { version } from "../../version.ts";
import { choiceOption, exclusive, flagOption, numberOption } from "../arguments/options.ts";
import { readBounds } from "../arguments/run-settings.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { openContext } from "../context.ts";
import { openSeedProgress } from "../progress/seed.ts";
import { cacheFolders, migrationsSide } from "../sources.ts";
import { withInterrupt } from "../start/interrupt.ts";

/** Users of each scale, for about a thousand, a hundred thousand and ten million rows. */
const scales = { small: 5, medium: 360, large: 36_500 } as const;

/** More would take a server days; a mistyped number should not. */
const mostUsers = 1_000_000;

function readUsers(options: Invocation["options"]): number {
  exclusive(options, ["users", "scale"]);
  const scale = choiceOption(options, "scale", ["small", "medium", "large"], "small");
  const users = numberOption(options, "users", 1) ?? scales[scale];
  if (users > mostUsers)
    throw new SocratesError("usage", `--users "${users}" is more than ${mostUsers}`, {
      hint: "--scale large makes about ten million rows; run it several times with --append for more.",
    });
  return users;
}

function readMode(options: Invocation["options"]): Mode {
  exclusive(options, ["append", "reset"]);
  if (flagOption(options, "yes") && !flagOption(options, "reset"))
    throw new SocratesError("usage", "--yes goes with --reset", {
      hint: "Leave it out: nothing is removed.",
    });
  return flagOption(options, "append") ? "append" : flagOption(options, "reset") ? "reset" : "new";
}

function refuseOne(options: Invocation["options"]): void {
  if (options["database"] === undefined) return;
  throw new SocratesError("usage", "seed fills all databases: their rows refer to one another", {
    hint: `Leave out --database; the databases are ${databases.map(({ key }) => key).join(" and ")}.`,
  });
}

/** Asks before rows are removed. @throws SocratesError `confirmation-needed` */
async function confirmRemoval({ io, options }: Invocation, rows: number): Promise<void> {
  if (flagOption(options, "yes")) return;
  const answer = await io.confirm(`Remove ${rows} rows that seed has made?`);
  if (answer === true) return;
  const message = `${rows} rows would be removed, ${answer === undefined ? "and there is no terminal to ask on" : "which was not confirmed"}`;
  throw new SocratesError("confirmation-needed", message, {
    hint: "Add --yes to remove them without a question.",
  });
}

/** `socrates-db seed` */
export const seedAction: Action = async (invocation) => {
  const { io, options } = invocation;
  const format = choiceOption(options, "format", ["text", "json"], "text");
  const users = readUsers(options);
  const number = numberOption(options, "seed", 0) ?? 1;
  const mode = readMode(options);
  refuseOne(options);
  const context = await openContext(invocation);
  const bounds = readBounds(invocation, context.config);
  const expected = await migrationsSide(context, cacheFolders(invocation));
  // Rows are made and forgotten; V8 would let them lie around as long as the machine has memory.
  setFlagsFromString("--optimize-for-size");
  const progress = await openSeedProgress(io, flagOption(options, "quiet"));
  try {
    const result = await withInterrupt(io, (signal) =>
      seed(context.project, {
        ...bounds,
        seed: number,
        users,
        mode,
        allowRemote: flagOption(options, "allowRemote"),
        expected,
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
    await io.out(format === "json" ? seedJson(result) : seedText(result));
    return 0;
  } finally {
    progress.stop();
  }
};
