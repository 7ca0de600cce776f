import { SocratesError } from "../errors.ts";

const rightForm = 'Write it as postgresql://user:password@host:5432/database or "host=… dbname=… user=…".';

/**
 * The error of an invalid connection string. `problem` must not quote the text: in a malformed string any part of it
 * may be the password. `source` says where the text came from.
 */
export function malformed(source: string, problem: string, hint: string = rightForm): SocratesError {
  return new SocratesError("connection-string", `${source}: ${problem}`, { hint });
}
