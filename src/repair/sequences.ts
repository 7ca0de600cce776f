import type { SchemaObject } from "../schema/model.ts";
import type { KindSql } from "./kind.ts";
import { isSet, sqlName, textOf } from "./names.ts";

/** The options of a new sequence (manual, "CREATE SEQUENCE"), for one that counts up. */
function usualOptions(type: string): string {
  const maximum = { smallint: "32767", integer: "2147483647" }[type] ?? "9223372036854775807";
  return `START 1 INCREMENT 1 MINVALUE 1 MAXVALUE ${maximum} CACHE 1`;
}

function optionsOf({ attributes }: SchemaObject): string {
  const { start, increment, min, max, cache } = attributes;
  return `START ${start} INCREMENT ${increment} MINVALUE ${min} MAXVALUE ${max} CACHE ${cache}`;
}

/** Whether all options of a sequence are those of a new one. */
export function isUsualSequence(object: SchemaObject): boolean {
  return (
    optionsOf(object) === usualOptions(textOf(object, "type") ?? "") &&
    !isSet(object, "cycle") &&
    textOf(object, "persistence") === "permanent"
  );
}

export const sequences: KindSql = {
  identity: ({ name }) => `SEQUENCE ${sqlName(name)}`,
  create: (object) => {
    const type = textOf(object, "type") ?? "bigint";
    const word = textOf(object, "persistence") === "unlogged" ? "UNLOGGED " : "";
    const options = optionsOf(object);
    return [
      [
        `CREATE ${word}SEQUENCE ${sqlName(object.name)}`,
        type === "bigint" ? "" : ` AS ${type}`,
        options === usualOptions(type) ? "" : ` ${options}`,
        isSet(object, "cycle") ? " CYCLE" : "",
      ].join(""),
    ];
  },
};
