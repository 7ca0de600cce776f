import { readFileSync, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";

/** What a connection string draws on beside its own text; passed in, so that parsing stays pure. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name of the user that runs the program, if it has one. */
  readonly userName: string | undefined;
  readonly homeDirectory: string | undefined;
  readonly platform: string;
  /** The bytes of a file, or undefined when it cannot be read. */
  read(path: string): Buffer | undefined;
  /** `st_mode` of a file with the bits of its type, or undefined when there is no such file. */
  mode(path: string): number | undefined;
  /** A number from 0 up to 1, for the order of hosts with `load_balance_hosts=random`. */
  random(): number;
}

/** The machine that the program runs on, with the given environment. */
export function thisMachine(env: NodeJS.ProcessEnv): Machine {
  return {
    env,
    userName: attempt(() => userInfo().username),
    homeDirectory: env["HOME"] || attempt(homedir),
    platform: process.platform,
    read: (path) => attempt(() => readFileSync(path)),
    mode: (path) => attempt(() => statSync(path).mode),
    random: Math.random,
  };
}

/** The value, or undefined where the system has none: a container's user id may have no name, a file may be missing. */
function attempt<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}
