import type { ObjectKey, Schema, SchemaObject } from "../schema/model.ts";
import { argumentsAt, itemsOf } from "../sql/parentheses.ts";
import type { KindSql } from "./kind.ts";
import { textLiteral } from "./literals.ts";
import { functionName, isSet, operatorName, sqlName, textOf, withoutTypes } from "./names.ts";

/** `KEY = value` for each value that is set. */
export function definitionList(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .flatMap(([key, value]) => (value === undefined ? [] : [value === "" ? key : `${key} = ${value}`]))
    .join(", ");
}

/** The name of a function that an attribute refers to, without its types. */
function functionOf(object: SchemaObject, attribute: string): string | undefined {
  const text = textOf(object, attribute);
  return text === undefined ? undefined : sqlName(withoutTypes(text));
}

function operatorOf(object: SchemaObject, attribute: string): string | undefined {
  const text = textOf(object, attribute);
  return text === undefined ? undefined : `OPERATOR(${operatorName(text)})`;
}

function flag(object: SchemaObject, attribute: string): "" | undefined {
  return isSet(object, attribute) ? "" : undefined;
}

function signature(name: string): readonly string[] {
  return argumentsAt(name, withoutTypes(name).length) ?? [];
}

/** The operators that create another one, which has no function yet, as they name it. */
export type NamingOperators = ReadonlyMap<ObjectKey, readonly ObjectKey[]>;

export function namingOperators({ objects }: Schema): NamingOperators {
  const all = [...objects].filter(([, { kind }]) => kind === "operator");
  const isShell = ({ attributes }: SchemaObject) => (attributes["function"] ?? null) === null;
  return new Map(
    all.flatMap(([key, object]) => {
      const own = withoutTypes(object.name);
      const isNaming = (other: SchemaObject) =>
        !isShell(other) &&
        ["commutator", "negator"].some((name) => withoutTypes(textOf(other, name) ?? "") === own);
      const naming = isShell(object) ? all.filter(([, other]) => isNaming(other)) : [];
      return naming.length === 0 ? [] : [[key, naming.map(([other]) => other)] as const];
    }),
  );
}

/** An operator without a function is one that another operator names: that one creates it. */
export const operators: KindSql = {
  identity: ({ name }) => `OPERATOR ${operatorName(name)} (${signature(name).join(", ")})`,
  create: (object) => {
    const [left, right] = signature(object.name);
    const options = definitionList({
      FUNCTION: functionOf(object, "function"),
      LEFTARG: left === "NONE" ? undefined : left,
      RIGHTARG: right === "NONE" ? undefined : right,
      COMMUTATOR: operatorOf(object, "commutator"),
      NEGATOR: operatorOf(object, "negator"),
      RESTRICT: functionOf(object, "restrict"),
      JOIN: functionOf(object, "join"),
      HASHES: flag(object, "hashes"),
      MERGES: flag(object, "merges"),
    });
    return textOf(object, "function") === undefined
      ? []
      : [`CREATE OPERATOR ${operatorName(object.name)} (${options})`];
  },
};

const modifyWords: Readonly<Record<string, string>> = { shareable: "SHAREABLE", "read write": "READ_WRITE" };

/** SSPACE and the like, which are 0 where they are not set. */
function space(object: SchemaObject, attribute: string): string | undefined {
  const value = object.attributes[attribute];
  return typeof value === "number" && value > 0 ? String(value) : undefined;
}

export const aggregates: KindSql = {
  identity: ({ name, attributes }) =>
    `AGGREGATE ${sqlName(withoutTypes(name))}(${attributes["parameters"] || "*"})`,
  create: (object) => {
    const state = (attribute: string) => {
      const text = textOf(object, attribute);
      return text === undefined ? undefined : textLiteral(text);
    };
    const parallel = textOf(object, "parallel");
    const options = definitionList({
      SFUNC: functionOf(object, "transition"),
      STYPE: textOf(object, "stateType"),
      SSPACE: space(object, "stateSpace"),
      FINALFUNC: functionOf(object, "final"),
      FINALFUNC_EXTRA: flag(object, "finalExtra"),
      FINALFUNC_MODIFY: modifyWords[textOf(object, "finalModify") ?? ""],
      COMBINEFUNC: functionOf(object, "combine"),
      SERIALFUNC: functionOf(object, "serial"),
      DESERIALFUNC: functionOf(object, "deserial"),
      INITCOND: state("initialState"),
      MSFUNC: functionOf(object, "movingTransition"),
      MINVFUNC: functionOf(object, "movingInverse"),
      MSTYPE: textOf(object, "movingStateType"),
      MSSPACE: space(object, "movingStateSpace"),
      MFINALFUNC: functionOf(object, "movingFinal"),
      MFINALFUNC_EXTRA: flag(object, "movingFinalExtra"),
      MFINALFUNC_MODIFY: modifyWords[textOf(object, "movingFinalModify") ?? ""],
      MINITCOND: state("movingInitialState"),
      SORTOP: operatorOf(object, "sortOperator"),
      PARALLEL: parallel === "unsafe" ? undefined : parallel?.toUpperCase(),
      HYPOTHETICAL: textOf(object, "type") === "hypothetical-set" ? "" : undefined,
    });
    const name = sqlName(withoutTypes(object.name));
    return [`CREATE AGGREGATE ${name}(${object.attributes["parameters"] || "*"}) (${options})`];
  },
};

export const casts: KindSql = {
  identity: ({ name }) => `CAST ${name}`,
  create: (object) => {
    const used = textOf(object, "function");
    const how =
      { function: `WITH FUNCTION ${functionName(used ?? "")}`, inout: "WITH INOUT" }[
        textOf(object, "method") ?? ""
      ] ?? "WITHOUT FUNCTION";
    const context = textOf(object, "context");
    return [
      `CREATE CAST ${object.name} ${how}${context === "explicit" ? "" : ` AS ${context?.toUpperCase()}`}`,
    ];
  },
};

/** The name of a family or class, and its method. */
function withMethod(name: string): readonly [name: string, method: string] {
  const at = name.lastIndexOf(" USING ");
  return [sqlName(name.slice(0, at)), name.slice(at)];
}

/** The operators and functions of a family or class. */
function members(object: SchemaObject): string[] {
  const items = (attribute: string) => {
    const text = textOf(object, attribute);
    return text === undefined ? [] : itemsOf(text);
  };
  return [
    ...items("operators").map((item) => `OPERATOR ${item}`),
    ...items("functions").map((item) => `FUNCTION ${item}`),
  ];
}

export const operatorFamilies: KindSql = {
  identity: ({ name }) => `OPERATOR FAMILY ${withMethod(name).join("")}`,
  create: ({ name }) => [`CREATE OPERATOR FAMILY ${withMethod(name).join("")}`],
  complete: (object) => {
    const own = members(object);
    return own.length === 0
      ? []
      : [`ALTER OPERATOR FAMILY ${withMethod(object.name).join("")} ADD ${own.join(", ")}`];
  },
};

export const operatorClasses: KindSql = {
  identity: ({ name }) => `OPERATOR CLASS ${withMethod(name).join("")}`,
  create: (object) => {
    const [own, method] = withMethod(object.name);
    const [family] = withMethod(textOf(object, "family") ?? "");
    const storage = textOf(object, "storage");
    const items = [...members(object), ...(storage === undefined ? [] : [`STORAGE ${storage}`])];
    const word = isSet(object, "default") ? " DEFAULT" : "";
    return [
      `CREATE OPERATOR CLASS ${own}${word} FOR TYPE ${textOf(object, "type")}${method} FAMILY ${family} AS ${items.join(", ")}`,
    ];
  },
};
