import path from "node:path";
import { keyPattern, mostDatabases } from "../../config/config-file.ts";
import { SocratesError } from "../../errors.ts";
import { init, refusalOf } from "../../init/init.ts";
import { initText } from "../../report/init.ts";
import { jsonText } from "../../report/json.ts";
import { globalOptions } from "../arguments/global-options.ts";
import { longName } from "../arguments/option.ts";
import { reportStyle } from "../color.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { options } from "../commands/init.ts";
import { printError } from "../print-error.ts";
import { openActivity } from "../progress/activity.ts";

const keyHint = "A key has lower-case letters, digits and underscores, for example shop.";

function fail(message: string, hint: string): SocratesError {
  return new SocratesError("usage", message, { hint });
}

/** The key and the connection string of `--url` or `--from`. @throws SocratesError `usage` */
function keyAndUrl(option: string, text: string): readonly [key: string, url: string] {
  const [, key, url] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  // Without a key, the text is a connection string with its password.
  if (key === undefined || url === undefined || !keyPattern.test(key))
    throw fail(`${option} does not start with the key of a database`, `Write ${option} KEY=URL. ${keyHint}`);
  return [key, url];
}

/**
 * The databases of `--from KEY=URL`, or of `--from KEY` with the URL in the environment; undefined without one.
 * @throws SocratesError `usage`
 */
function existingDatabases(
  given: Invocation["given"],
): Readonly<Record<string, string | undefined>> | undefined {
  const from = given(options.from).map((text) =>
    keyPattern.test(text) ? ([text, undefined] as const) : keyAndUrl("--from", text),
  );
  if (from.length === 0) return undefined;
  const other = [options.tool, options.folder, globalOptions.url, globalOptions.database].find((option) => {
    const value = given<unknown>(option);
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  if (other !== undefined)
    throw fail(
      `--from cannot be combined with ${longName(other)}`,
      "A baseline replaces the migrations of another tool; to take these over, leave out --from.",
    );
  const twin = from.find(([key], i) => from.findIndex(([other]) => other === key) < i);
  if (twin !== undefined) throw fail(`--from names ${twin[0]} twice`, "Give each database its own key.");
  if (from.length > mostDatabases)
    throw fail(
      `--from names ${from.length} databases, more than the ${mostDatabases} that a config may have`,
      "Leave some of them out.",
    );
  return Object.fromEntries(from);
}

/** The database from `--url KEY=URL` and `--database KEY`. @throws SocratesError `usage` */
function databaseOf(given: Invocation["given"]): {
  readonly key: string | undefined;
  readonly url: string | undefined;
} {
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
  const [key, url] = keyAndUrl("--url", text);
  if (wanted !== undefined && wanted !== key)
    throw fail("--url and --database name different databases", "Give both the same key.");
  return { key, url };
}

/** `socrates-db init` */
export const initAction: Action = async (invocation) => {
  const { io, given } = invocation;
  const folder = given(options.folder);
  const common = {
    root: io.cwd,
    env: io.env,
    dryRun: given(options.dryRun),
    hide: io.hide,
    warn: (warning: string) => io.err(`warning: ${warning}`),
  };
  const urls = existingDatabases(given);
  const activity = openActivity(io, given(globalOptions.quiet));
  const report = await (urls !== undefined
    ? (await import("../../init/from.ts")).initFrom({ ...common, urls, onProgress: activity.show })
    : init({
        ...common,
        ...databaseOf(given),
        tool: given(options.tool),
        folder: folder === undefined ? undefined : path.posix.normalize(folder).replace(/\/$/, ""),
      })
  ).finally(activity.stop);
  const error = refusalOf(report);
  const { code, message, hint } = error ?? {};
  await io.out(
    given(options.format) === "json"
      ? jsonText({ ...report, ...(error !== undefined && { error: { code, message, hint } }) })
      : initText(report, reportStyle(invocation)),
  );
  if (error === undefined) return 0;
  return printError(invocation, error);
};
