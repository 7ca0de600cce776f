import type { Machine } from "../../src/config/machine.ts";

export interface FakeFile {
  readonly text?: string | Buffer;
  readonly mode: number;
}

export const plainFile = 0o100000;
export const socketFile = 0o140000;

/** A machine with the given environment and files, whose user is `os-user` with the home `/home/os-user`. */
export function fakeMachine(
  env: Machine["env"] = {},
  files: Readonly<Record<string, FakeFile>> = {},
  rest: Partial<Machine> = {},
): Machine {
  return {
    env,
    userName: "os-user",
    homeDirectory: "/home/os-user",
    platform: "linux",
    read: (path, encoding) => {
      const text = files[path]?.text;
      return text === undefined ? undefined : Buffer.from(text).toString(encoding);
    },
    mode: (path) => files[path]?.mode,
    random: () => 0,
    ...rest,
  };
}
