import type { HostAddress } from "../database/target.ts";
import type { Machine } from "./machine.ts";

/** Who asks for a password: the fields that a line of the file is matched with. */
export interface PasswordRequest {
  readonly address: HostAddress;
  readonly database: string;
  readonly user: string;
}

const fileType = 0o170000;
const regularFile = 0o100000;
const groupAndWorld = 0o077;

/**
 * The bytes of the password file (PostgreSQL manual, section 32.16), or undefined where there is none that may be used.
 * As in libpq, a file that others may read is ignored with a warning; Windows has no such permissions.
 */
export function readPasswordFile(
  path: string,
  machine: Machine,
  warn: (text: string) => void,
): Buffer | undefined {
  const mode = machine.mode(path);
  if (mode === undefined) return undefined;
  if (machine.platform !== "win32") {
    if ((mode & fileType) !== regularFile) {
      warn(`password file "${path}" is ignored: it is not a plain file`);
      return undefined;
    }
    if ((mode & groupAndWorld) !== 0) {
      warn(`password file "${path}" is ignored: group or others may access it, make it 0600 or stricter`);
      return undefined;
    }
  }
  return machine.read(path);
}

/**
 * The password of the first line `host:port:database:user:password` that fits, or undefined. A field `*` fits all;
 * a backslash takes the next character as it is. The default directory of unix sockets is looked up as `localhost`.
 */
export function findPassword(file: string, request: PasswordRequest): string | undefined {
  const { host, port } = request.address;
  const wanted = [
    host === defaultSocketDirectory ? "localhost" : host,
    `${port}`,
    request.database,
    request.user,
  ];
  for (const line of file.split(/\r?\n/)) {
    if (line.startsWith("#")) continue;
    const fields = splitFields(line);
    const password = fields[wanted.length]?.text;
    if (password === undefined) continue;
    if (wanted.every((text, index) => fields[index]?.raw === "*" || fields[index]?.text === text)) {
      return password === "" ? undefined : password;
    }
  }
  return undefined;
}

/** Where Debian and the RPM packages have the server put its socket. */
export const defaultSocketDirectory = "/var/run/postgresql";

function splitFields(line: string): { raw: string; text: string }[] {
  const raw = line.match(/(?:\\.|[^:\\]|\\$)+|(?<=^|:)(?=:|$)/gu) ?? [];
  return raw.map((field) => ({ raw: field, text: field.replace(/\\(.)/gu, "$1") }));
}
