import postgres from "postgres";

/** The fields of PostgreSQL's error that tell its place (manual, section 55.8); postgres.js does not declare them all. */
export interface ErrorPlace {
  readonly message: string;
  /** Of the message that was sent, in characters from 1. */
  readonly position?: string;
  readonly internal_position?: string;
  readonly internal_query?: string;
  /** The whole message that was sent. */
  readonly query?: string;
}

/** An error that the server reported, with the fields that postgres.js leaves out of its types. */
export type ServerError = postgres.PostgresError & ErrorPlace;

/** Whether the server reported an error; what the network or this program throws is another matter. */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof postgres.PostgresError;
}
