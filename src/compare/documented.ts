import type { DocumentedSchema, LogicalReference } from "../document/model.ts";
import type { Workspace } from "../project/workspace.ts";

/** What the document adds to the schema of one database. */
export function documented({ config }: Workspace, document: DocumentedSchema | undefined, name: string) {
  const tables = document?.tables.filter(({ database }) => database === name) ?? [];
  return {
    logical: new Map<string, readonly LogicalReference[]>(
      tables.map((table) => [table.name, table.references]),
    ),
    keyOfDatabase: (other: string) => config.databases.find((database) => database.name === other)?.key,
  };
}
