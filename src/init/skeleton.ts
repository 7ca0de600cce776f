import { configFileName } from "../config/find-config.ts";
import { configEntries, type NewDatabase } from "./databases.ts";
import type { Tool, ToolName } from "./model.ts";

/** What the config and the document say. */
export interface Skeleton {
  readonly database: NewDatabase;
  /** Relative to the config file. */
  readonly document: string;
  /** The tables in which the old tool records its migrations. */
  readonly ledgers: readonly { readonly object: string; readonly tool: Tool }[];
}

/** The text of `socrates-db.config.json`. */
export function configFile(
  databases: readonly NewDatabase[],
  ignore: readonly { readonly object: string; readonly reason: string }[],
  document?: string,
): string {
  const config = {
    $schema: "node_modules/socrates-db/docs/config.schema.json",
    databases: configEntries(databases),
    ...(document !== undefined && { document }),
    ...(ignore.length > 0 && { ignore }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/**
 * The config of a repository without tables. It does not name the document: until that has a table, databases are
 * compared with the migrations.
 */
export function configText({ database, ledgers }: Skeleton): string {
  const ignore = ledgers.map(({ object, tool }) => ({
    object,
    reason: `${tool.title} records its migrations there`,
  }));
  return configFile([database], ignore);
}

/** The first document: headings, to which each table is added. */
export function documentText({ database: { key } }: Skeleton): string {
  return `# The schema

Each table has a heading such as \`Table: users\` below that of its phase, and below the heading its SQL in a code block.
\`socrates-db diff\` runs this SQL and compares the result with the database.

## ${key} Database

### Phase 0
`;
}

/** What to do next, one sentence each. */
export function nextSteps({ database: { key }, document }: Skeleton, tool: ToolName | undefined): string[] {
  const steps =
    tool === undefined
      ? [`Create the first migration: socrates-db create NAME --database ${key} --phase 0`]
      : [
          "Try the migrations on an embedded database: socrates-db migrate --embedded",
          "Record them in a database that the other tool has migrated: socrates-db adopt --dry-run",
        ];
  return [
    ...steps,
    `Document the tables in ${document}, then add "document": "${document}" to ${configFileName}`,
  ];
}
