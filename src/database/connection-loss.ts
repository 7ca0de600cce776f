import { SocratesError } from "../errors.ts";
import { codeOf, explainFailure } from "./failure.ts";
import { oneLine } from "./target.ts";

/** Why a connection was lost, on one line. The host and port in postgres.js's own message are not the real ones. */
export function lossReason(error: unknown): string {
  if (error instanceof SocratesError && error.cause !== undefined) return lossReason(error.cause);
  if (codeOf(error)?.startsWith("CONNECTION_")) return "the server closed the connection";
  return explainFailure(error)?.reason ?? oneLine(error instanceof Error ? error.message : String(error));
}

/** The error of a session whose connection was lost. */
export function lost(label: string, cause?: unknown): SocratesError {
  const reason = cause === undefined ? "" : `: ${lossReason(cause)}`;
  return new SocratesError("connection-lost", `the connection to ${label} was lost${reason}`, {
    hint: "See the server's log for the reason, then run the command again.",
    cause,
  });
}

/** Whether an error of postgres.js or Node says that the connection was lost. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof SocratesError) return error.code === "connection-lost";
  if (!(error instanceof Error) || !("code" in error)) return false;
  const code = String(error.code);
  return (
    /^(CONNECTION_|ECONN|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)/.test(code) || /^(08|57P0[123])/.test(code) // classes 08 "connection exception", 57P01-03 "admin/crash shutdown, cannot connect now"
  );
}
