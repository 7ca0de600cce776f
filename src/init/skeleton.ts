import { areDefault } from "../config/databases-of.ts";
import { configFileName } from "../config/find-config.ts";
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

/**
 * The text of `socrates-db.config.json`. It does not name the document, which has no table yet: until then, databases
 * are compared with the migrations.
 */
export function configText({ key, urlVariable, migrations, ledgers }: Skeleton): string {
  const config = {
    $schema: "node_modules/socrates-db/docs/config.schema.json",
    databases: {
      [key]: {
        // The default databases have other names.
        ...(areDefault([key]) && { name: key }),
        migrations,
        ...(urlVariable !== undefined && { urlVariable }),
      },
    },
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

/** What to do next, one sentence each. */
export function nextSteps({ key, document }: Skeleton, tool: ToolName | undefined): string[] {
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
