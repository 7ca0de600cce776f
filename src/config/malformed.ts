import { SocratesError } from "../errors.ts";

const rightForm = 'Write it as postgresql://user:password@host:5432/database or "host=… dbname=… user=…".';

/**
 * The error of a connection string that cannot be used. `problem` never quotes the text itself, which may hold a
 * password anywhere once it is malformed; `source` says where the text came from.
 */
export function malformed(source: string, problem: string, hint: string = rightForm): SocratesError {
  return new SocratesError("connection-string", `${source}: ${problem}`, { hint });
}
