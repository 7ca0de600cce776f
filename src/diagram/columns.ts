import type { Column, Table } from "./model.ts";

/** Which columns are drawn: none, keys and references, or all with their types. */
export const columnsModes = ["none", "keys", "all"] as const;
export type ColumnsMode = (typeof columnsModes)[number];

/** The position of a column in its table: primary key, references, the rest. */
export function columnRank({ roles }: Column): number {
  if (roles.includes("PK")) return 0;
  return roles.length > 0 ? 1 : 2;
}

/** The visible columns. With keys, columns that differ from the document are also drawn. */
export function shownColumns({ columns }: Table, mode: ColumnsMode): readonly Column[] {
  if (mode === "none") return [];
  return mode === "all"
    ? columns
    : columns.filter(({ roles, change }) => roles.length > 0 || change !== undefined);
}
