import path from "node:path";
import { keyPattern } from "../../config/config-file.ts";
import { SocratesError } from "../../errors.ts";
import { init, refusalOf } from "../../init/init.ts";
import { errorLines } from "../../report/error.ts";
import { initText } from "../../report/init.ts";
import { jsonText } from "../../report/json.ts";
import { globalOptions } from "../arguments/global-options.ts";
import { colorOn, reportStyle } from "../color.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { options } from "../commands/init.ts";

const keyHint = "A key has lower-case letters, digits and underscores, for example shop.";

/** The database from `--url KEY=URL` and `--database KEY`. @throws SocratesError `usage` */
function databaseOf(given: Invocation["given"]): {
  readonly key: string | undefined;
  readonly url: string | undefined;
} {
  const fail = (message: string, hint: string) => new SocratesError("usage", message, { hint });
  const [text, ...others] = given(globalOptions.url);
  const wanted = given(globalOptions.database);
  if (others.length > 0)
    throw fail(
      "init sets up one database, but there are several --url",
      "Give the connection string of the database that the other tool has migrated.",
    );
  if (wanted !== undefined && !keyPattern.test(wanted))
    throw fail(`"${wanted}" cannot be the key of a database`, keyHint);
  if (text === undefined) return { key: wanted, url: undefined };
  const [, key, url] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  // Without a key, the text is a connection string with its password.
  if (key === undefined || !keyPattern.test(key))
    throw fail("--url does not start with the key of a database", `Write --url KEY=URL. ${keyHint}`);
  if (wanted !== undefined && wanted !== key)
    throw fail("--url and --database name different databases", "Give both the same key.");
  return { key, url };
}

/** `socrates-db init` */
export const initAction: Action = async (invocation) => {
  const { io, given } = invocation;
  const folder = given(options.folder);
  const report = await init({
    root: io.cwd,
    env: io.env,
    ...databaseOf(given),
    tool: given(options.tool),
    folder: folder === undefined ? undefined : path.posix.normalize(folder).replace(/\/$/, ""),
    dryRun: given(options.dryRun),
    hide: io.hide,
    warn: (warning) => io.err(`warning: ${warning}`),
  });
  const error = refusalOf(report);
  const { code, message, hint } = error ?? {};
  await io.out(
    given(options.format) === "json"
      ? jsonText({ ...report, ...(error !== undefined && { error: { code, message, hint } }) })
      : initText(report, reportStyle(invocation)),
  );
  if (error === undefined) return 0;
  const color = colorOn(io.stderrIsTerminal, io.env, !given(globalOptions.color));
  for (const line of errorLines(error, color, io.stderrColumns, io.clean)) io.err(line);
  return error.exitCode;
};
