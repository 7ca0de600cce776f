import { ClosedEarly } from "./open-socket.ts";
import { oneLine } from "./target.ts";
import { TlsProblem } from "./tls.ts";

/** Why a connection could not be opened, and the hint, without the name of the host. */
export interface Failure {
  readonly code: "connection-failed" | "tls-failed";
  readonly reason: string;
  readonly hint: string;
}

/** The time for one address was up. */
export class TimedOut extends Error {
  override readonly name = "TimedOut";
}

const checkHost = "Check the spelling of the host name, and that this machine can resolve it.";
const checkRoot = "Check that sslrootcert holds the certificate of the authority that signed the server's.";

/** System error codes, as Node names them. */
const systemFailures: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EACCES: ["permission denied", "Check that this user may use the socket."],
  EAI_AGAIN: ["the host name cannot be resolved at the moment", checkHost],
  EAI_FAIL: ["the host name cannot be resolved", checkHost],
  ECONNREFUSED: [
    "connection refused",
    "Start the server, or correct host and port: no server listens there.",
  ],
  ECONNRESET: [
    "the connection was reset",
    "Check that PostgreSQL listens on that port, and read the server's log.",
  ],
  EHOSTUNREACH: ["no route to the host", "Check the network and the address of the host."],
  EINVAL: [
    "the address cannot be used",
    "Check host and port; the path of a unix socket is limited to 107 bytes.",
  ],
  ENETUNREACH: ["the network is unreachable", "Check the network and the address of the host."],
  ENOENT: [
    "no such socket",
    "Start the server, name the directory of its socket as host, or use host=localhost to connect over TCP.",
  ],
  ENOTFOUND: ["the host name is unknown", checkHost],
  EPIPE: ["the server closed the connection", "Read the server's log for the reason."],
  ETIMEDOUT: ["no answer", "Check host, port and firewall, or raise connect_timeout."],
};

/** Verification errors of OpenSSL and error codes of Node's TLS. */
const tlsFailures: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  CERT_HAS_EXPIRED: ["the server's certificate has expired", "Renew the server's certificate."],
  CERT_NOT_YET_VALID: [
    "the server's certificate is not valid yet",
    "Check the clocks of this machine and the server.",
  ],
  CERT_REVOKED: ["the server's certificate was revoked", "Renew the server's certificate."],
  CRL_HAS_EXPIRED: ["the list of revoked certificates has expired", "Get a new list from the authority."],
  UNABLE_TO_GET_CRL: [
    "no revocation list covers the authority that signed the server's certificate",
    "Add the list of each authority to the file that sslcrl names, or remove ~/.postgresql/root.crl.",
  ],
  CERT_SIGNATURE_FAILURE: ["the server's certificate has a wrong signature", checkRoot],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    "the server's certificate is self-signed and not trusted",
    "Put the server's certificate into the file that sslrootcert names.",
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    "the server's certificate comes from an authority that is not trusted",
    checkRoot,
  ],
  UNABLE_TO_GET_ISSUER_CERT: [
    "the server's certificate comes from an authority that is not trusted",
    checkRoot,
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    "the server's certificate comes from an authority that is not trusted",
    checkRoot,
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    "the server's certificate comes from an authority that is not trusted",
    checkRoot,
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "the server's certificate is for another host",
    "Connect with the host name that the certificate holds, or issue one for this host.",
  ],
};

/** The code of an error of Node or postgres.js, if it has one. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Explains an error of the network or of TLS; undefined if it is neither. */
export function explainFailure(error: unknown): Failure | undefined {
  if (error instanceof TlsProblem) return { code: "tls-failed", reason: error.message, hint: error.hint };
  if (error instanceof TimedOut)
    return { code: "connection-failed", reason: error.message, hint: timeoutHint };
  if (error instanceof ClosedEarly) {
    return {
      code: "connection-failed",
      reason: error.message,
      hint: "Read the server's log for the reason.",
    };
  }
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) return undefined;
  const system = systemFailures[code];
  if (system !== undefined) return { code: "connection-failed", reason: system[0], hint: system[1] };
  const tls = tlsFailures[code];
  if (tls !== undefined) return { code: "tls-failed", reason: tls[0], hint: tls[1] };
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") || code.startsWith("ERR_OSSL_")) {
    const reason = `the TLS handshake failed: ${tlsReason(error)}`;
    return { code: "tls-failed", reason, hint: "Check the TLS settings and certificates of both sides." };
  }
  return undefined;
}

const timeoutHint = "Check host, port and firewall, or raise connect_timeout.";

/** OpenSSL's message without its file names and numbers. */
function tlsReason(error: Error): string {
  const reason = "reason" in error && typeof error.reason === "string" ? error.reason : error.message;
  return oneLine(reason);
}
