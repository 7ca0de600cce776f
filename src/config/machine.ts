import { readFileSync, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";

/** Environment variables, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a connection string depends on besides its text. Passed in, so that parsing stays pure. */
export interface Machine {
  readonly env: Environment;
  /** Name of the user that runs the program, if it has one. */
  readonly userName: string | undefined;
  readonly homeDirectory: string | undefined;
  readonly platform: string;
  /** The text of a file, with one character per byte for `latin1`; undefined if it cannot be read. */
  read(path: string, encoding: "utf8" | "latin1"): string | undefined;
  /** `st_mode` of a file with its type bits; undefined if the file does not exist. */
  mode(path: string): number | undefined;
  /** A number from 0 (inclusive) to 1 (exclusive), for `load_balance_hosts=random`. */
  random(): number;
}

/** The machine that the program runs on, with the given environment. */
export function thisMachine(env: Environment): Machine {
  return {
    env,
    userName: attempt(() => userInfo().username),
    homeDirectory: env["HOME"] || attempt(homedir),
    platform: process.platform,
    read: (path, encoding) => attempt(() => readFileSync(path, encoding)),
    mode: (path) => attempt(() => statSync(path).mode),
    random: Math.random,
  };
}

/**
 * The value, or undefined if the system has none: a container's user id may have no name, or a file may be missing.
 */
function attempt<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}
