import type { KindSql } from "./kind.ts";
import { clause, hostName, isSet, partName, textOf } from "./names.ts";
import { enabledSql } from "./triggers.ts";

export const rules: KindSql = {
  identity: ({ name }) => `RULE ${partName(name)} ON ${hostName(name)}`,
  create: (object) => [
    [
      `CREATE RULE ${partName(object.name)} AS ON ${textOf(object, "event")?.toUpperCase()} TO ${hostName(object.name)}`,
      clause("WHERE (", textOf(object, "condition"), ")"),
      ` DO ${isSet(object, "instead") ? "INSTEAD " : ""}${textOf(object, "definition")?.replace(/;\s*$/, "").trim()}`,
    ].join(""),
    ...enabledSql(object, "RULE"),
  ],
};
