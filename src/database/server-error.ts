import postgres from "postgres";
import type { ErrorPlace } from "../sql/error-position.ts";

/** An error that the server reported, with the fields that postgres.js leaves out of its types. */
export type ServerError = postgres.PostgresError & ErrorPlace;

/** Whether the server reported an error; what the network or this program throws is another matter. */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof postgres.PostgresError;
}
