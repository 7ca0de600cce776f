/** How to handle one connection parameter of libpq. */
export type ParameterRule =
  /** Becomes part of the target. */
  | { readonly kind: "used" }
  /** No effect on this program. */
  | { readonly kind: "ignored" }
  /** Accepted with these values, which are implemented or are the default behaviour. */
  | { readonly kind: "only"; readonly values: readonly string[] }
  /** An error: ignoring it would weaken what the user asked for. */
  | { readonly kind: "unsupported" };

export interface Parameter {
  readonly name: string;
  /** Its environment variable (PostgreSQL manual, section 32.15). */
  readonly variable?: string;
  readonly rule: ParameterRule;
}

const used = { kind: "used" } as const;
const ignored = { kind: "ignored" } as const;
const unsupported = { kind: "unsupported" } as const;
const only = (...values: string[]) => ({ kind: "only", values }) as const;

/**
 * The connection parameters of libpq (PostgreSQL manual, section 32.1.2) and how each is handled. `application_name`
 * and `client_encoding` are ignored because the program sets them itself.
 */
export const parameters: readonly Parameter[] = [
  { name: "host", variable: "PGHOST", rule: used },
  { name: "hostaddr", variable: "PGHOSTADDR", rule: used },
  { name: "port", variable: "PGPORT", rule: used },
  { name: "dbname", variable: "PGDATABASE", rule: used },
  { name: "user", variable: "PGUSER", rule: used },
  { name: "password", variable: "PGPASSWORD", rule: used },
  { name: "passfile", variable: "PGPASSFILE", rule: used },
  { name: "sslmode", variable: "PGSSLMODE", rule: used },
  { name: "sslrootcert", variable: "PGSSLROOTCERT", rule: used },
  { name: "sslcert", variable: "PGSSLCERT", rule: used },
  { name: "sslkey", variable: "PGSSLKEY", rule: used },
  { name: "sslcrl", variable: "PGSSLCRL", rule: used },
  { name: "sslcrldir", variable: "PGSSLCRLDIR", rule: used },
  { name: "service", variable: "PGSERVICE", rule: used },
  { name: "connect_timeout", variable: "PGCONNECT_TIMEOUT", rule: used },
  { name: "options", variable: "PGOPTIONS", rule: used },
  {
    name: "target_session_attrs",
    variable: "PGTARGETSESSIONATTRS",
    rule: only("any", "read-write", "primary"),
  },

  { name: "channel_binding", variable: "PGCHANNELBINDING", rule: only("prefer", "disable", "require") },
  { name: "gssencmode", variable: "PGGSSENCMODE", rule: only("prefer", "disable") },
  { name: "load_balance_hosts", variable: "PGLOADBALANCEHOSTS", rule: only("disable", "random") },
  { name: "replication", rule: only("false", "off", "no", "0") },
  { name: "sslcertmode", variable: "PGSSLCERTMODE", rule: only("allow") },
  { name: "sslnegotiation", variable: "PGSSLNEGOTIATION", rule: only("postgres", "direct") },
  { name: "sslsni", variable: "PGSSLSNI", rule: only("1") },
  // Node supports no version below TLS 1.2.
  {
    name: "ssl_min_protocol_version",
    variable: "PGSSLMINPROTOCOLVERSION",
    rule: only("TLSv1", "TLSv1.1", "TLSv1.2"),
  },
  { name: "ssl_max_protocol_version", variable: "PGSSLMAXPROTOCOLVERSION", rule: only("TLSv1.3") },

  { name: "require_auth", variable: "PGREQUIREAUTH", rule: unsupported },
  { name: "requirepeer", variable: "PGREQUIREPEER", rule: unsupported },
  { name: "sslpassword", rule: unsupported },

  { name: "application_name", rule: ignored },
  { name: "client_encoding", rule: ignored },
  { name: "fallback_application_name", rule: ignored },
  { name: "gssdelegation", rule: ignored },
  { name: "gsslib", rule: ignored },
  { name: "keepalives", rule: ignored },
  { name: "keepalives_count", rule: ignored },
  { name: "keepalives_idle", rule: ignored },
  { name: "keepalives_interval", rule: ignored },
  { name: "krbsrvname", rule: ignored },
  { name: "sslcompression", rule: ignored },
  { name: "tcp_user_timeout", rule: ignored },
];

/** Parameters of asyncpg and SQLAlchemy, which the application's own URLs contain. */
export const driverParameters: readonly string[] = [
  "async_fallback",
  "command_timeout",
  "prepared_statement_cache_size",
  "statement_cache_size",
];
