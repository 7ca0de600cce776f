import type { KindSql } from "./kind.ts";
import { clause, hostName, isSet, partName, textOf } from "./names.ts";

export const policies: KindSql = {
  identity: ({ name }) => `POLICY ${partName(name)} ON ${hostName(name)}`,
  create: (object) => {
    const [command, roles] = [textOf(object, "command"), textOf(object, "roles")];
    return [
      [
        `CREATE POLICY ${partName(object.name)} ON ${hostName(object.name)}`,
        isSet(object, "permissive") ? "" : " AS RESTRICTIVE",
        command === "all" ? "" : ` FOR ${command?.toUpperCase()}`,
        roles === "PUBLIC" ? "" : clause("TO ", roles),
        clause("USING (", textOf(object, "using"), ")"),
        clause("WITH CHECK (", textOf(object, "withCheck"), ")"),
      ].join(""),
    ];
  },
};
