import type { Duplex } from "node:stream";

/** libpq's `sslmode` values (PostgreSQL manual, section 32.19). */
export const sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
export type SslMode = (typeof sslModes)[number];

/** One address of a server. A host that starts with `/` is a directory of unix sockets. */
export interface HostAddress {
  readonly host: string;
  readonly port: number;
  /** libpq's `hostaddr`: the IP address to connect to; `host` is then only compared with the certificate. */
  readonly address?: string;
}

/** A complete server connection: nothing is read from the environment later. */
export interface ServerTarget {
  readonly kind: "server";
  /** Tried in order until one answers. Never empty. */
  readonly hosts: readonly HostAddress[];
  readonly user: string;
  readonly database: string;
  readonly password?: string;
  /** The bytes of a password that is not UTF-8; `password` then has one character per byte. */
  readonly passwordBytes?: Uint8Array;
  readonly sslMode: SslMode;
  /** PEM file with root certificates, or `system` for the trust store of Node. */
  readonly sslRootCert?: string;
  readonly sslCert?: string;
  readonly sslKey?: string;
  /** Seconds for each host. */
  readonly connectTimeout: number;
  /** libpq's `options`: command-line options of the backend. */
  readonly options?: string;
  /** libpq's `channel_binding`, left out for `prefer`: whether the login is bound to the TLS connection. */
  readonly channelBinding?: "disable" | "require";
  /** Files and a directory with certificate revocation lists in PEM (libpq's `sslcrl` and `sslcrldir`). */
  readonly sslCrl?: string;
  readonly sslCrlDir?: string;
  /** libpq's `sslnegotiation=direct`: TLS begins without a request. */
  readonly sslDirect?: true;
  /** The role that every session assumes, as with SET ROLE; RESET ROLE returns to it. */
  readonly role?: string;
  /**
   * libpq's `target_session_attrs`, left out for `any`: the required state of the server, checked after the login.
   */
  readonly sessionAttributes?: "read-write" | "primary";
}

/** An embedded database. */
export interface EmbeddedTarget {
  readonly kind: "embedded";
  /** A connection to an engine that already runs and serves several clients. */
  readonly connect?: () => Duplex;
  /** Absolute path of this database's data directory; null for one in memory. */
  readonly directory: string | null;
}

export type Target = ServerTarget | EmbeddedTarget;

/** Whether a host is a directory of unix sockets: libpq recognises it by the leading slash. */
export function isSocketDirectory(host: string): boolean {
  return host.startsWith("/");
}

/** The file of a server's unix socket in a directory. */
export function socketPath(address: HostAddress): string {
  let end = address.host.length;
  while (address.host.endsWith("/", end)) end--;
  return `${address.host.slice(0, end)}/.s.PGSQL.${address.port}`;
}

/** `localhost:5432`, `[::1]:5432`, or the path of the unix socket. */
export function describeAddress(address: HostAddress): string {
  if (isSocketDirectory(address.host)) return socketPath(address);
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}

/**
 * A target in one line for messages, without its password: `localhost:5432/app as alice`,
 * `h1:5432,h2:5433/app as alice`, `app as alice on /run/postgresql/.s.PGSQL.5432`, or the embedded directory.
 */
export function describeTarget(target: Target): string {
  if (target.kind === "embedded")
    return target.directory === null ? "a database in memory" : oneLine(target.directory);
  const where = target.hosts.map(describeAddress).join(",");
  const onSocket = target.hosts.some((address) => isSocketDirectory(address.host));
  const user = target.role === undefined ? target.user : `${target.user} (role ${target.role})`;
  const text = onSocket
    ? `${target.database} as ${user} on ${where}`
    : `${where}/${target.database} as ${user}`;
  return oneLine(text);
}

/**
 * `text` with each run of white space and control characters replaced by one blank: names and server messages may
 * contain any.
 */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}
