/** How libpq's `sslmode` names them (PostgreSQL manual, section 32.19). */
export const sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
export type SslMode = (typeof sslModes)[number];

/** One address of a server. A host that starts with `/` is a directory of unix sockets. */
export interface HostAddress {
  readonly host: string;
  readonly port: number;
}

/** A server connection with everything resolved: no part of it is read from the environment later. */
export interface ServerTarget {
  readonly kind: "server";
  /** Tried in order until one answers. Never empty. */
  readonly hosts: readonly HostAddress[];
  readonly user: string;
  readonly database: string;
  readonly password?: string;
  readonly sslMode: SslMode;
  /** PEM file with root certificates, or `system` for the trust store of Node. */
  readonly sslRootCert?: string;
  readonly sslCert?: string;
  readonly sslKey?: string;
  /** Seconds for each host. */
  readonly connectTimeout: number;
  /** libpq's `options`: command-line options for the backend. */
  readonly options?: string;
}

/** A PGlite data directory. */
export interface EmbeddedTarget {
  readonly kind: "embedded";
  /** Absolute path of the data directory of this one database. */
  readonly directory: string;
}

export type Target = ServerTarget | EmbeddedTarget;
