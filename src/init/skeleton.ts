import type { Tool, ToolName } from "./model.ts";

/** What the config and the document say. */
export interface Skeleton {
  /** Key of the database. */
  readonly key: string;
  /** Environment variable of its connection string, if it is not the one that follows from the key. */
  readonly urlVariable: string | undefined;
  /** Relative to the config file. */
  readonly document: string;
  readonly migrations: string;
  /** The tables in which the old tool records its migrations. */
  readonly ledgers: readonly { readonly object: string; readonly tool: Tool }[];
}

/** The text of `socrates-db.config.json`. */
export function configText({ key, urlVariable, document, migrations, ledgers }: Skeleton): string {
  const config = {
    $schema: "node_modules/socrates-db/docs/config.schema.json",
    document,
    databases: { [key]: { migrations, ...(urlVariable !== undefined && { urlVariable }) } },
    ...(ledgers.length > 0 && {
      ignore: ledgers.map(({ object, tool }) => ({
        object,
        reason: `${tool.title} records its migrations there`,
      })),
    }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** The first document: headings, to which each table is added. */
export function documentText({ key }: Skeleton): string {
  return `# The schema

Each table has a heading such as \`Table: users\` below that of its phase, and below the heading its SQL in a code block.
\`socrates-db diff\` runs this SQL and compares the result with the database.

## ${key} Database

### Phase 0
`;
}

/** The lines that tell the user what to do next. */
export function nextSteps(key: string, document: string, tool: ToolName | undefined): string[] {
  return tool === undefined
    ? [
        `Create the first migration: socrates-db create NAME --database ${key} --phase 0`,
        `Document its tables in ${document}, then compare: socrates-db diff`,
      ]
    : [
        "Try the migrations on an embedded database: socrates-db migrate --embedded",
        "Record them in a database that already has the tables: socrates-db adopt --dry-run",
        `Document the tables in ${document}; until then compare with the migrations: socrates-db diff --from migrations`,
      ];
}
