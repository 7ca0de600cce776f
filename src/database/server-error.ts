import postgres from "postgres";
import type { ErrorPlace } from "../sql/error-position.ts";

/** An error that the server reported, with fields that the types of postgres.js omit. */
export type ServerError = postgres.PostgresError & ErrorPlace;

/** Whether an error came from the server, and not from the network or this program. */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof postgres.PostgresError;
}
