import type { Column, Table } from "./model.ts";

/** Which columns are drawn: none, those that are keys or references, or all with their types. */
export const columnsModes = ["none", "keys", "all"] as const;
export type ColumnsMode = (typeof columnsModes)[number];

/** The place of a column among those of its table: primary key, references, the rest. */
export function columnRank({ roles }: Column): number {
  if (roles.includes("PK")) return 0;
  return roles.length > 0 ? 1 : 2;
}

/** The columns that are drawn; one that differs from what is documented is drawn with the keys. */
export function shownColumns({ columns }: Table, mode: ColumnsMode): readonly Column[] {
  if (mode === "none") return [];
  return mode === "all"
    ? columns
    : columns.filter(({ roles, change }) => roles.length > 0 || change !== undefined);
}
