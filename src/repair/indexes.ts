import type { SchemaObject } from "../schema/model.ts";
import type { KindSql } from "./kind.ts";
import { clause, hostName, isSet, nameInSchema, partName, sqlName, textOf } from "./names.ts";
import { indexOptions, indexRoles, keyElements } from "./table-parts.ts";

/** How an index is built: while others write, or for a partitioned table without its partitions. */
export interface IndexForm {
  readonly concurrently?: boolean;
  readonly only?: boolean;
}

/** The statement that builds an index alone. */
export function createIndex(object: SchemaObject, { concurrently, only }: IndexForm = {}): string {
  const { name } = object;
  const method = textOf(object, "method") ?? "btree";
  const words = `CREATE ${isSet(object, "unique") ? "UNIQUE " : ""}INDEX ${concurrently === true ? "CONCURRENTLY " : ""}`;
  return [
    `${words}${partName(name)} ON ${only === true ? "ONLY " : ""}${hostName(name)}`,
    method === "btree" ? "" : ` USING ${sqlName(method)}`,
    ` (${keyElements(object).join(", ")})`,
    indexOptions(object, false),
    clause("WHERE ", textOf(object, "predicate")),
  ].join("");
}

/** DROP INDEX in the form that others need not wait for. */
export function concurrently(drop: string): string {
  return drop.replace(/^DROP INDEX /, "DROP INDEX CONCURRENTLY ");
}

export const indexes: KindSql = {
  identity: ({ name }) => `INDEX ${nameInSchema(name)}`,
  create: (object) => [
    createIndex(object),
    ...indexRoles(object, hostName(object.name), nameInSchema(object.name)),
  ],
  drop: () => undefined,
};
