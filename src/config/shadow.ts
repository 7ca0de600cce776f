import type { ServerTarget } from "../database/target.ts";
import { SocratesError } from "../errors.ts";
import type { ConfigFile } from "./config-values.ts";
import { parseConnection } from "./connection-string.ts";
import { passwordWarning } from "./connections.ts";
import type { Environment, Machine } from "./machine.ts";
import { shadowVariable } from "./shared-options.ts";

/** The server for shadows, and one line per warning. */
interface ShadowConnection {
  readonly target: ServerTarget;
  readonly warnings: readonly string[];
}

/**
 * The server for shadows from flag, environment and config file, in this order of precedence; undefined for the
 * embedded engine.
 * @throws SocratesError `connection-string`, also for an empty one
 */
export function readShadow(
  flag: string | undefined,
  env: Environment,
  file: ConfigFile,
  machine: Machine,
): ShadowConnection | undefined {
  const source = [
    { text: flag, name: "--shadow", isFlag: true },
    { text: env[shadowVariable], name: shadowVariable, isFlag: false },
    { text: file.shadow, name: "shadow of the config file", isFlag: false },
  ].find(({ text }) => text !== undefined);
  if (source?.text === undefined) return undefined;
  if (source.text.trim() === "")
    throw new SocratesError("connection-string", `${source.name} is set, but empty`, {
      hint: "Set it to the connection string of a server; for the embedded engine, leave it out.",
    });
  const connection = parseConnection(source.text, source.name, machine);
  return {
    target: connection.target,
    warnings: [...passwordWarning(source, connection, shadowVariable), ...connection.warnings],
  };
}
