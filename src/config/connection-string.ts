import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import { type HostAddress, isSocketDirectory, type ServerTarget } from "../database/target.ts";
import { resolveHosts } from "./hosts.ts";
import { endBeforeBlanks, parseKeywordValue, skipBlanks } from "./keyword-value.ts";
import type { Machine } from "./machine.ts";
import { malformed } from "./malformed.ts";
import { findPassword, readPasswordFile } from "./pgpass.ts";
import { type Settings, settle } from "./settings.ts";
import { tlsSettings, userDirectory } from "./tls-settings.ts";
import { isUri, parseUri } from "./uri.ts";

/** Where a password came from: the connection string itself, the environment, or the password file. */
export type PasswordOrigin = "text" | "environment" | "file";

export interface Connection {
  readonly target: ServerTarget;
  /** Undefined when there is no password. */
  readonly passwordOrigin: PasswordOrigin | undefined;
  /** One line per warning, for stderr. */
  readonly warnings: readonly string[];
}

/** Default seconds per host; libpq would wait forever. */
const defaultTimeout = 10;
const longestTimeout = 3600;

/**
 * Turns a connection string into a complete target. The string is a URI or a list of `keyword=value`; variables,
 * files and defaults fill in the rest, as in psql. Undefined means only these.
 * Unlike libpq, a `connect_timeout` of 0 or none means 10 seconds, so that every wait ends.
 * @param source where the text came from, such as `DATABASE_URL`; messages show it instead of the text.
 * @throws SocratesError `connection-string`; its message repeats nothing of the text but its scheme, names of
 * parameters and paths of certificate files.
 */
export function parseConnection(text: string | undefined, source: string, machine: Machine): Connection {
  const warnings: string[] = [];
  const warn = (warning: string) => {
    warnings.push(warning);
  };
  const settings = settle(text === undefined ? new Map() : parseText(text, source), source, machine);
  const listed = resolveHosts(settings, machine);
  const hosts =
    settings.get("load_balance_hosts")?.value === "random" ? shuffled(listed, machine.random) : listed;
  const user = settings.get("user")?.value || machine.userName;
  if (!user) {
    throw malformed(
      source,
      "no user name is given, and the operating system has none",
      "Add a user, or set PGUSER.",
    );
  }
  const options = settings.get("options")?.value;
  const target: ServerTarget = {
    kind: "server",
    hosts,
    user,
    database: settings.get("dbname")?.value || user,
    ...tlsSettings(settings, machine, !hosts.every(({ host }) => isSocketDirectory(host)), warn),
    connectTimeout: timeout(settings),
    ...channelBinding(settings),
    ...(options && { options }),
    ...sessionAttributes(settings),
  };
  const given = settings.get("password");
  if (given?.value) {
    const passwordOrigin = given.fromText ? "text" : "environment";
    return { target: { ...target, password: given.value }, passwordOrigin, warnings };
  }
  const password = filedPassword(target, settings, machine, warn);
  return {
    target: { ...target, ...password },
    passwordOrigin: password === undefined ? undefined : "file",
    warnings,
  };
}

function parseText(text: string, source: string): Map<string, string> {
  if (text.trim() === "") throw malformed(source, "the connection string is empty");
  if (text.includes("\0")) throw malformed(source, "the connection string contains a NUL character");
  // A blank that the last value escapes is part of it. Unicode blanks are ordinary characters.
  const trimmed = text.slice(skipBlanks(text, 0), endBeforeBlanks(text));
  if (isUri(trimmed)) return parseUri(trimmed, source);
  if (text.includes("=") && !/^[^=\s]*:\/*/.test(trimmed)) return parseKeywordValue(text, source);
  throw malformed(source, "neither a URI nor a list of keyword=value");
}

function timeout(settings: Settings): number {
  const setting = settings.get("connect_timeout");
  if (!setting?.value) return defaultTimeout;
  if (!/^\s*-?\d+\s*$/.test(setting.value)) {
    throw malformed(setting.source, "connect_timeout is not an integer", "Give it in seconds.");
  }
  const seconds = Number(setting.value);
  return seconds > 0 ? Math.min(seconds, longestTimeout) : defaultTimeout;
}

/** The hosts in random order (PostgreSQL manual, section 32.1.2, load_balance_hosts). */
function shuffled(hosts: readonly HostAddress[], random: () => number): HostAddress[] {
  return hosts
    .map((host) => ({ host, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ host }) => host);
}

function channelBinding(settings: Settings): Pick<ServerTarget, "channelBinding"> {
  const value = settings.get("channel_binding")?.value;
  return value === "disable" || value === "require" ? { channelBinding: value } : {};
}

function sessionAttributes(settings: Settings): Pick<ServerTarget, "sessionAttributes"> {
  const value = settings.get("target_session_attrs")?.value;
  return value === "read-write" || value === "primary" ? { sessionAttributes: value } : {};
}

/**
 * The password from the file that PGPASSFILE or `passfile` names, or from `~/.pgpass`, for the first host: a target
 * has one password.
 */
function filedPassword(
  target: ServerTarget,
  settings: Settings,
  machine: Machine,
  warn: (text: string) => void,
): Pick<ServerTarget, "password" | "passwordBytes"> | undefined {
  const path = settings.get("passfile")?.value || defaultPasswordFile(machine);
  const file = path === undefined ? undefined : readPasswordFile(path, machine, warn);
  if (file === undefined) return undefined;
  // One character per byte: the file may have any encoding, and its bytes are sent as they are.
  const inBytes = (text: string) => Buffer.from(text).toString("latin1");
  const [password, ...others] = target.hosts.map((address) =>
    findPassword(file, {
      address: { ...address, host: inBytes(address.host) },
      database: inBytes(target.database),
      user: inBytes(target.user),
    }),
  );
  if (others.some((other) => other !== password)) {
    warn(`password file "${path}" differs between the hosts: the password of the first host is used for all`);
  }
  if (password === undefined) return undefined;
  const bytes = Buffer.from(password, "latin1");
  return isUtf8(bytes) ? { password: bytes.toString() } : { password, passwordBytes: bytes };
}

function defaultPasswordFile(machine: Machine): string | undefined {
  if (machine.platform !== "win32") return machine.homeDirectory && join(machine.homeDirectory, ".pgpass");
  const directory = userDirectory(machine);
  return directory === undefined ? undefined : join(directory, "pgpass.conf");
}
