/** One database of an application: its names, wherever it is. */
export interface NamedDatabase {
  /** Short name: the value of `--database`, the prefix of the URL flag, the key in JSON and in the config file. */
  readonly key: string;
  /** Name of the database in the documents and, by default, on a server. */
  readonly name: string;
  /** Environment variable with the connection string; the application reads the same one. */
  readonly urlVariable: string;
}

/** A database whose migrations come with this package. */
export interface DatabaseDefinition extends NamedDatabase {
  /** Folder of the chain's migrations, relative to the package. */
  readonly migrations: string;
}

const list = [
  { key: "auth", name: "socrates_auth", urlVariable: "DATABASE_URL_AUTH", migrations: "migrations/auth" },
  { key: "specs", name: "socrates_specs", urlVariable: "DATABASE_URL_SPECS", migrations: "migrations/specs" },
] as const satisfies readonly DatabaseDefinition[];

/** The databases where a config file names none. Nothing else in the program names one of them. */
export const databases: readonly DatabaseDefinition[] = list;

/** The keys of these databases. */
export type DefaultKey = (typeof list)[number]["key"];
