import { severities } from "../severity.ts";

/** The environment variable with the connection string of a server for shadows. */
export const shadowVariable = "SOCRATES_DB_SHADOW_URL";

/**
 * The options that the command line and the config file share, by their key in the file: meaning, values and default.
 */
export const sharedOptions = {
  document: {
    summary: "document of the schema: files and globs of Markdown or SQL",
    byDefault: "the one of the config file, or of this package",
  },
  dataDir: { summary: "where the embedded databases live", byDefault: ".socrates-db" },
  builtin: { summary: "use the migrations and the document that come with socrates-db" },
  role: { summary: "role that every session on a server assumes, as with SET ROLE" },
  shadow: { summary: "server for shadows, instead of the embedded engine" },
  strict: { summary: "also exit 1 for warnings" },
  severity: { summary: "lowest severity to report", values: severities, byDefault: "advice" },
  lockTimeout: { summary: "how long a migration waits for a lock", byDefault: "5s" },
  lockWait: { summary: "how long to wait for another runner", byDefault: "60s" },
  statementTimeout: { summary: "time limit of one statement, 0 for no limit", byDefault: "0" },
  retries: { summary: "retries after a lock timeout", byDefault: 5, max: 1000 },
} as const;
