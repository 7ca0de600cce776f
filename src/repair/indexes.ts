import type { KindSql } from "./kind.ts";
import { clause, hostName, isSet, nameInSchema, partName, sqlName, textOf } from "./names.ts";
import { indexOptions, indexRoles, keyElements } from "./table-parts.ts";

export const indexes: KindSql = {
  identity: ({ name }) => `INDEX ${nameInSchema(name)}`,
  create: (object) => {
    const { name } = object;
    const table = hostName(name);
    const method = textOf(object, "method") ?? "btree";
    return [
      [
        `CREATE ${isSet(object, "unique") ? "UNIQUE " : ""}INDEX ${partName(name)} ON ${table}`,
        method === "btree" ? "" : ` USING ${sqlName(method)}`,
        ` (${keyElements(object).join(", ")})`,
        indexOptions(object, false),
        clause("WHERE ", textOf(object, "predicate")),
      ].join(""),
      ...indexRoles(object, table, nameInSchema(name)),
    ];
  },
  drop: () => undefined,
};
