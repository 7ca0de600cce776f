import { SocratesError } from "../../errors.ts";
import { createMigration } from "../../migrations/create.ts";
import { visible } from "../../report/visible.ts";
import { displayPath } from "../../sql/source-file.ts";
import { globalOptions } from "../arguments/global-options.ts";
import { refuseScriptOptions } from "../arguments/script-rules.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/create.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db create` */
export const createAction: Action = async (invocation) => {
  const { io, given, args, databases } = invocation;
  if (given(options.from) === "document")
    return (await import("./create-from-document.ts")).createFromDocumentAction(invocation);
  refuseScriptOptions(invocation, options, "--from document");
  const phase = given(options.phase);
  const needsDatabase = databases.length > 1;
  if ((needsDatabase && given(globalOptions.database) === undefined) || phase === undefined) {
    const choice = databases.map(({ key }) => key).join(" or ");
    throw new SocratesError(
      "usage",
      `create needs to know ${needsDatabase ? "the database and the phase" : "the phase"}`,
      { hint: `Add ${needsDatabase ? `--database ${choice} and ` : ""}--phase N.` },
    );
  }
  const { project } = await workspaceOf(invocation, { databases: "unused" });
  const [database] = project.databases;
  const files = createMigration(project.chains, {
    name: args[0] ?? "",
    database: database?.key ?? "",
    phase,
  });
  const shown = { up: displayPath(files.up), down: displayPath(files.down) };
  io.err(
    `warning: ${shown.down} is empty: write its SQL, or mark the migration with "-- socrates-db: irreversible"`,
  );
  await io.out(
    given(options.format) === "json"
      ? `${JSON.stringify({ schemaVersion: 1, files: shown }, null, 2)}\n`
      : `${visible(shown.up)}\n${visible(shown.down)}\n`,
  );
  return 0;
};
