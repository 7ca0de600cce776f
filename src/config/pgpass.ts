import type { HostAddress } from "../database/target.ts";
import type { Machine } from "./machine.ts";

/** The fields that a line of the password file is matched against. */
export interface PasswordRequest {
  readonly address: HostAddress;
  readonly database: string;
  readonly user: string;
}

const fileType = 0o170000;
const regularFile = 0o100000;
const groupAndWorld = 0o077;

/**
 * The password file, one character per byte (PostgreSQL manual, section 32.16); undefined if it is missing or unusable. As in
 * libpq, a file with group or world access is ignored with a warning; Windows has no such permissions.
 */
export function readPasswordFile(
  path: string,
  machine: Machine,
  warn: (text: string) => void,
): string | undefined {
  const mode = machine.mode(path);
  if (mode === undefined) return undefined;
  if (machine.platform !== "win32") {
    if ((mode & fileType) !== regularFile) {
      warn(`password file "${path}" is ignored: it is not a plain file`);
      return undefined;
    }
    if ((mode & groupAndWorld) !== 0) {
      warn(`password file "${path}" is ignored: it has group or world access; make it 0600 or stricter`);
      return undefined;
    }
  }
  return machine.read(path, "latin1");
}

/**
 * The password of the first matching line `host:port:database:user:password`, or undefined. A field `*` matches
 * anything, and a backslash escapes the next character. The default socket directory is looked up as `localhost`.
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

/** The default socket directory in the packages of Debian and the RPM distributions. */
export const defaultSocketDirectory = "/var/run/postgresql";

function splitFields(line: string): { raw: string; text: string }[] {
  const raw = line.match(/(?:\\.|[^:\\]|\\$)+|(?<=^|:)(?=:|$)/gu) ?? [];
  return raw.map((field) => ({ raw: field, text: field.replace(/\\(.)/gu, "$1") }));
}
