import type { SchemaObject } from "../schema/model.ts";
import { itemsOf } from "../sql/parentheses.ts";
import type { KindSql } from "./kind.ts";
import { clause, sqlName, textOf, withoutTypes } from "./names.ts";
import { definitionList } from "./operators.ts";

/** `KEY = function` for each attribute that is set. */
function functions(object: SchemaObject, attributes: Readonly<Record<string, string>>): string {
  const names = Object.entries(attributes).map(([key, attribute]) => {
    const text = textOf(object, attribute);
    return [key, text === undefined ? undefined : sqlName(withoutTypes(text))] as const;
  });
  return definitionList(Object.fromEntries(names));
}

export const textSearchParsers: KindSql = {
  identity: ({ name }) => `TEXT SEARCH PARSER ${sqlName(name)}`,
  create: (object) => {
    const options = functions(object, {
      START: "start",
      GETTOKEN: "token",
      END: "end",
      LEXTYPES: "tokenTypes",
      HEADLINE: "headline",
    });
    return [`CREATE TEXT SEARCH PARSER ${sqlName(object.name)} (${options})`];
  },
};

export const textSearchTemplates: KindSql = {
  identity: ({ name }) => `TEXT SEARCH TEMPLATE ${sqlName(name)}`,
  create: (object) => [
    `CREATE TEXT SEARCH TEMPLATE ${sqlName(object.name)} (${functions(object, { INIT: "init", LEXIZE: "lexize" })})`,
  ],
};

export const textSearchDictionaries: KindSql = {
  identity: ({ name }) => `TEXT SEARCH DICTIONARY ${sqlName(name)}`,
  create: (object) => [
    `CREATE TEXT SEARCH DICTIONARY ${sqlName(object.name)} (TEMPLATE = ${textOf(object, "template")}${clause(", ", textOf(object, "options")).trimStart()})`,
  ],
};

/** The kinds of tokens by the dictionaries that they are mapped to. */
function mappingsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const tokens = new Map<string, string[]>();
  for (const mapping of text.split("; ")) {
    const at = mapping.indexOf(": ");
    const dictionaries = mapping.slice(at + 2);
    tokens.set(dictionaries, [...(tokens.get(dictionaries) ?? []), mapping.slice(0, at)]);
  }
  return tokens;
}

export const textSearchConfigurations: KindSql = {
  identity: ({ name }) => `TEXT SEARCH CONFIGURATION ${sqlName(name)}`,
  create: (object) => {
    const name = sqlName(object.name);
    const mappings = textOf(object, "mappings");
    return [
      `CREATE TEXT SEARCH CONFIGURATION ${name} (PARSER = ${textOf(object, "parser")})`,
      ...(mappings === undefined
        ? []
        : [...mappingsOf(mappings)].map(
            ([dictionaries, tokens]) =>
              `ALTER TEXT SEARCH CONFIGURATION ${name} ADD MAPPING FOR ${tokens.join(", ")} WITH ${itemsOf(dictionaries).join(", ")}`,
          )),
    ];
  },
};
