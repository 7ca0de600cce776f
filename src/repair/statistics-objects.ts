import { parentOf, partsOfName } from "../schema/names.ts";
import type { KindSql } from "./kind.ts";
import { clause, hostName, nameInSchema, sqlName, textOf } from "./names.ts";

/** The statistics object's table: its name begins with it, and may have the schema of the object after it. */
function tableName(name: string): string {
  return partsOfName(name).length > 3 ? sqlName(parentOf(parentOf(name))) : hostName(name);
}

export const statisticsObjects: KindSql = {
  identity: ({ name }) => `STATISTICS ${nameInSchema(name)}`,
  create: (object) => {
    const name = nameInSchema(object.name);
    const target = object.attributes["target"];
    return [
      `CREATE STATISTICS ${name}${clause("(", textOf(object, "kinds"), ")")} ON ${textOf(object, "columns")} FROM ${tableName(object.name)}`,
      ...(typeof target === "number" ? [`ALTER STATISTICS ${name} SET STATISTICS ${target}`] : []),
    ];
  },
  drop: () => undefined,
};
