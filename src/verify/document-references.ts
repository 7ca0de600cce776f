import type { Finding } from "../diff/finding.ts";
import type { DocumentedSchema } from "../document/model.ts";
import { nearest } from "../nearest.ts";
import { keyOf } from "../schema/model.ts";
import { displayName, ownName, parentOf, plainName, shortName } from "../schema/names.ts";
import type { DocumentedSchemas } from "./document.ts";

/** References of a document whose columns or targets it does not define. */
export function referenceFindings({ tables }: DocumentedSchema, schemas: DocumentedSchemas): Finding[] {
  const defines = (database: string, table: string, column: string) =>
    schemas.get(database)?.schema.objects.has(keyOf("column", `${table}.${plainName(column)}`)) === true;
  const columnsOf = (database: string, table: string) =>
    [...(schemas.get(database)?.schema.objects.values() ?? [])].flatMap(({ kind, name }) =>
      kind === "column" && parentOf(name) === table ? [ownName(name)] : [],
    );
  const documentedIn = new Map<string, Set<string>>();
  for (const { database, name } of tables)
    documentedIn.set(database, (documentedIn.get(database) ?? new Set()).add(displayName(name)));
  return tables.flatMap(({ references }) =>
    references.flatMap(({ table, column, toTable, toColumn, toDatabase, location }): Finding[] => {
      const object = `${table}.${plainName(column)}`;
      const about = { severity: "error", object, location } as const;
      const documented = documentedIn.get(toDatabase) ?? new Set();
      const from = shortName(object);
      const to = displayName(toTable);
      if (!documented.has(to)) {
        const near = nearest(to, documented);
        return [
          {
            ...about,
            code: "unknown-reference",
            message: `${from} refers to ${to} of ${toDatabase}, which is not documented`,
            hint:
              near === undefined
                ? "Correct the comment, or document the table."
                : `Did you mean "${near}"? Correct the comment, or document the table.`,
          },
        ];
      }
      if (defines(toDatabase, toTable, toColumn)) return [];
      const near = nearest(toColumn, columnsOf(toDatabase, toTable));
      return [
        {
          ...about,
          code: "unknown-reference",
          message: `${from} refers to ${to}.${toColumn} of ${toDatabase}, a column that is not documented`,
          hint:
            near === undefined
              ? "Correct the comment, or document the column."
              : `Did you mean "${near}"? Correct the comment, or document the column.`,
        },
      ];
    }),
  );
}
