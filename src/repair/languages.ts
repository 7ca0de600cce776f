import type { SchemaObject } from "../schema/model.ts";
import type { KindSql } from "./kind.ts";
import { clause, functionName, isSet, sqlName, textOf, withoutTypes } from "./names.ts";

function functionOf(object: SchemaObject, attribute: string): string | undefined {
  const text = textOf(object, attribute);
  return text === undefined ? undefined : sqlName(withoutTypes(text));
}

export const languages: KindSql = {
  identity: ({ name }) => `LANGUAGE ${sqlName(name)}`,
  create: (object) => [
    [
      `CREATE ${isSet(object, "trusted") ? "TRUSTED " : ""}LANGUAGE ${sqlName(object.name)}`,
      clause("HANDLER ", functionOf(object, "handler")),
      clause("INLINE ", functionOf(object, "inline")),
      clause("VALIDATOR ", functionOf(object, "validator")),
    ].join(""),
  ],
};

export const accessMethods: KindSql = {
  identity: ({ name }) => `ACCESS METHOD ${sqlName(name)}`,
  create: (object) => [
    `CREATE ACCESS METHOD ${sqlName(object.name)} TYPE ${textOf(object, "type")?.toUpperCase()} HANDLER ${functionOf(object, "handler")}`,
  ],
};

/** Its name is what follows TRANSFORM. */
export const transforms: KindSql = {
  identity: ({ name }) => `TRANSFORM ${name}`,
  create: (object) => {
    const [from, to] = [textOf(object, "fromSql"), textOf(object, "toSql")];
    const parts = [
      ...(from === undefined ? [] : [`FROM SQL WITH FUNCTION ${functionName(from)}`]),
      ...(to === undefined ? [] : [`TO SQL WITH FUNCTION ${functionName(to)}`]),
    ];
    return [`CREATE TRANSFORM ${object.name} (${parts.join(", ")})`];
  },
};
