import { Readable, Writable } from "node:stream";
import { SocratesError } from "../errors.ts";

/** The server process of a connection, and the key that cancels its statements. */
export interface BackendKey {
  readonly pid: number;
  readonly secret: number;
}

/** A notice of the server (manual, section 54.8); `severity` is in English. */
export interface Notice {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly detail: string | undefined;
}

/** The rows of one statement, with postgres.js's information on the connection. */
export type Rows<Row> = readonly Row[] & { readonly state?: BackendKey };

/** postgres.js's answer: the rows of one statement, or of each of several. */
export type Answer<Row> = Rows<Row> | readonly Rows<Row>[];

export function isMultiple<Row>(answer: Answer<Row>): answer is readonly Rows<Row>[] {
  return Array.isArray(answer[0]);
}

/** The rows of the last statement. */
export function lastRows<Row>(answer: Answer<Row>): Rows<Row> {
  if (!isMultiple(answer)) return answer;
  return answer.at(-1) ?? [];
}

/**
 * postgres.js answers a COPY from or to the client with a stream. Nothing would read or write it, and every later
 * statement would fail, so it is ended at once.
 * @throws SocratesError `query-failed`
 */
export function refuseStream(answer: unknown): void {
  if (answer instanceof Writable) answer.on("error", () => {}).destroy(new Error("ended by the client"));
  else if (answer instanceof Readable) answer.on("error", () => {}).resume();
  else return;
  throw new SocratesError(
    "query-failed",
    "COPY from stdin or to stdout moves rows that no client sends here",
    {
      hint: "Write the rows as INSERT, or load them with psql.",
    },
  );
}
