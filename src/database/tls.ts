import { promises } from "node:fs";
import { isIP, type Socket } from "node:net";
import { join } from "node:path";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { ClosedEarly, socketEvent } from "./open-socket.ts";
import type { ServerTarget } from "./target.ts";

/** TLS could not be set up for a reason other than an error of Node's TLS. */
export class TlsProblem extends Error {
  override readonly name = "TlsProblem";
  readonly hint: string;

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.hint = hint;
  }
}

/** Length 8, then the code 1234.5679 (PostgreSQL manual, section 54.7, SSLRequest). */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Asks the server for TLS and returns whether it agreed (PostgreSQL manual, section 54.2.10). The answer is one byte;
 * a man in the middle could have added more before the encryption began, so more bytes are refused (CVE-2021-23222).
 * @throws TlsProblem when the answer is not one byte `S` or `N`.
 */
export async function requestTls(socket: Socket, signal: AbortSignal): Promise<boolean> {
  socket.write(sslRequest);
  // Not the event "data", which would leave the socket in flowing or paused mode.
  await socketEvent(socket, "readable", signal);
  const answer: unknown = socket.read();
  if (!Buffer.isBuffer(answer)) throw new ClosedEarly("the server closed the connection when asked for TLS");
  if (answer.length > 1) {
    throw new TlsProblem(
      "received unencrypted data after the answer to the request for TLS",
      "Do not send a password over this connection: something between client and server injects data.",
    );
  }
  if (answer[0] === 0x53) return true;
  if (answer[0] === 0x4e) return false;
  throw new TlsProblem(
    "the answer to the request for TLS is not PostgreSQL's",
    "Check host and port: another service may listen there.",
  );
}

/**
 * Encrypts a connection after the server has agreed. As in libpq, the chain is verified in every mode if there is a
 * root certificate, and only `verify-full` compares the host name (PostgreSQL manual, section 32.19.1).
 * @param host as in the connection string, not what it resolved to.
 * @throws TlsProblem for certificate files; errors of Node's TLS unchanged.
 */
export async function startTls(
  socket: Socket,
  target: ServerTarget,
  host: string,
  signal: AbortSignal,
): Promise<TLSSocket> {
  // Loaded lazily: it takes time, and most local servers do not use TLS.
  const { checkServerIdentity, connect } = await import("node:tls");
  const { sslMode } = target;
  const verifies = target.sslRootCert !== undefined || sslMode === "verify-ca" || sslMode === "verify-full";
  const options: ConnectionOptions = {
    socket,
    ...(await certificates(target)),
    rejectUnauthorized: verifies,
    checkServerIdentity: (_, certificate) =>
      sslMode === "verify-full" ? checkServerIdentity(host, certificate) : undefined,
    // The name of the protocol for TLS from the first byte (PostgreSQL manual, section 54.2.11).
    ...(target.sslDirect === true && { ALPNProtocols: ["postgresql"] }),
    // No name is sent for an IP address (RFC 6066, section 3).
    ...(isIP(host) === 0 && { servername: host }),
  };
  signal.throwIfAborted();
  const secure = connect(options);
  try {
    await socketEvent(secure, "secureConnect", signal);
  } catch (error) {
    secure.destroy();
    throw error;
  }
  if (target.sslDirect === true && secure.alpnProtocol !== "postgresql") {
    secure.destroy();
    throw new TlsProblem(
      "the server does not support sslnegotiation=direct",
      "Leave sslnegotiation out: PostgreSQL supports it since version 17.",
    );
  }
  return secure;
}

async function certificates(target: ServerTarget): Promise<ConnectionOptions> {
  const { sslRootCert, sslCert, sslKey, sslMode } = target;
  if (sslRootCert === undefined && sslMode.startsWith("verify")) {
    throw new TlsProblem(`sslmode ${sslMode} needs a root certificate`, "Name its file with sslrootcert=.");
  }
  const options: ConnectionOptions = {};
  if (sslRootCert !== undefined && sslRootCert !== "system")
    options.ca = await pem(sslRootCert, "root certificate");
  const lists = await revocationLists(target);
  if (lists.length > 0) options.crl = lists;
  if (sslCert !== undefined) {
    if (sslKey === undefined) {
      throw new TlsProblem(
        "a client certificate is set without its private key",
        "Name the key with sslkey=.",
      );
    }
    await refuseOpenKey(sslKey);
    options.cert = await pem(sslCert, "client certificate");
    options.key = await pem(sslKey, "private key");
  }
  return options;
}

/** As in libpq, unreadable default lists are ignored; unreadable configured ones are an error. */
async function revocationLists({ sslCrl, sslCrlDir }: ServerTarget): Promise<Buffer[]> {
  const folder = sslCrlDir === undefined ? [] : await promises.readdir(sslCrlDir).catch(() => []);
  // OpenSSL finds the lists of a directory by hashed names, such as 5ed36f99.r0.
  const names = folder.filter((name) => /^[0-9a-f]{8}\.r\d+$/.test(name)).sort();
  const files = [sslCrl ?? [], names.map((name) => join(sslCrlDir ?? "", name))].flat();
  return Promise.all(files.map((file) => pem(file, "list of revoked certificates")));
}

async function pem(path: string, what: string): Promise<Buffer> {
  try {
    return await promises.readFile(path);
  } catch (cause) {
    throw new TlsProblem(
      `the ${what} file "${path}" cannot be read`,
      "Check its path and its permissions.",
      cause,
    );
  }
}

/** As in libpq: no one else may access the key, but the group may read one that root owns (section 32.19.3). */
async function refuseOpenKey(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const status = await promises.stat(path).catch(() => undefined);
  if (status === undefined) return;
  const forbidden = status.uid === 0 ? 0o027 : 0o077;
  if ((status.mode & forbidden) !== 0) {
    throw new TlsProblem(
      `the private key file "${path}" has group or world access`,
      `Restrict it to its owner: chmod 0600 "${path}".`,
    );
  }
}
