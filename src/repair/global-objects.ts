import { ownName, parentOf } from "../schema/names.ts";
import type { KindSql } from "./kind.ts";
import { textLiteral } from "./literals.ts";
import { clause, functionName, isSet, partName, sqlName, textOf, withoutTypes } from "./names.ts";
import { definitionList } from "./operators.ts";
import { columnList } from "./table-parts.ts";

function text(value: string | undefined): string | undefined {
  return value === undefined ? undefined : textLiteral(value);
}

function functionOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : sqlName(withoutTypes(value));
}

export const schemas: KindSql = {
  identity: ({ name }) => `SCHEMA ${sqlName(name)}`,
  create: ({ name }) => [`CREATE SCHEMA ${sqlName(name)}`],
};

/** An extension that creates its schema needs none. */
export const extensions: KindSql = {
  identity: ({ name }) => `EXTENSION ${sqlName(name)}`,
  create: (object) => {
    const name = textOf(object, "schema") ?? "";
    const isKnown = name === "pg_catalog" || object.needs.some((need) => need.startsWith("schema "));
    return [
      `CREATE EXTENSION ${sqlName(object.name)}${clause("WITH SCHEMA ", isKnown ? sqlName(name) : undefined)}`,
    ];
  },
};

export const collations: KindSql = {
  identity: ({ name }) => `COLLATION ${sqlName(name)}`,
  create: (object) => {
    const options = definitionList({
      PROVIDER: textOf(object, "provider"),
      LOCALE: text(textOf(object, "locale")),
      LC_COLLATE: text(textOf(object, "collate")),
      LC_CTYPE: text(textOf(object, "ctype")),
      RULES: text(textOf(object, "rules")),
      DETERMINISTIC: object.attributes["deterministic"] === false ? "false" : undefined,
    });
    return [`CREATE COLLATION ${sqlName(object.name)} (${options})`];
  },
};

export const conversions: KindSql = {
  identity: ({ name }) => `CONVERSION ${sqlName(name)}`,
  create: (object) => [
    `CREATE ${isSet(object, "default") ? "DEFAULT " : ""}CONVERSION ${sqlName(object.name)} FOR ${text(textOf(object, "from"))} TO ${text(textOf(object, "to"))} FROM ${functionOf(textOf(object, "function"))}`,
  ],
};

export const foreignDataWrappers: KindSql = {
  identity: ({ name }) => `FOREIGN DATA WRAPPER ${sqlName(name)}`,
  create: (object) => [
    [
      `CREATE FOREIGN DATA WRAPPER ${sqlName(object.name)}`,
      clause("HANDLER ", functionOf(textOf(object, "handler"))),
      clause("VALIDATOR ", functionOf(textOf(object, "validator"))),
      clause("OPTIONS (", textOf(object, "options"), ")"),
    ].join(""),
  ],
};

export const servers: KindSql = {
  identity: ({ name }) => `SERVER ${sqlName(name)}`,
  create: (object) => [
    [
      `CREATE SERVER ${sqlName(object.name)}`,
      clause("TYPE ", text(textOf(object, "type"))),
      clause("VERSION ", text(textOf(object, "version"))),
      clause("FOREIGN DATA WRAPPER ", textOf(object, "wrapper")),
      clause("OPTIONS (", textOf(object, "options"), ")"),
    ].join(""),
  ],
};

/** Its name is that of the server and of the role, or PUBLIC. */
export const userMappings: KindSql = {
  identity: ({ name }) => `USER MAPPING FOR ${mappedRole(name)} SERVER ${sqlName(parentOf(name))}`,
  create: (object) => [
    `CREATE USER MAPPING FOR ${mappedRole(object.name)} SERVER ${sqlName(parentOf(object.name))}${clause("OPTIONS (", textOf(object, "options"), ")")}`,
  ],
};

function mappedRole(name: string): string {
  return ownName(name) === "PUBLIC" ? "PUBLIC" : partName(name);
}

export const publications: KindSql = {
  identity: ({ name }) => `PUBLICATION ${sqlName(name)}`,
  create: (object) => {
    const schemaNames = textOf(object, "schemas");
    const isUsual = textOf(object, "publish") === "insert, update, delete, truncate";
    const options = definitionList({
      publish: isUsual ? undefined : textLiteral(textOf(object, "publish") ?? ""),
      publish_via_partition_root: isSet(object, "viaPartitionRoot") ? "true" : undefined,
      publish_generated_columns: textOf(object, "generatedColumns"),
    });
    return [
      [
        `CREATE PUBLICATION ${sqlName(object.name)}`,
        isSet(object, "allTables") ? " FOR ALL TABLES" : "",
        clause("FOR TABLES IN SCHEMA ", schemaNames),
        clause("WITH (", options === "" ? undefined : options, ")"),
      ].join(""),
    ];
  },
};

export const publicationTables: KindSql = {
  identity: ({ name }) => `PUBLICATION TABLE ${sqlName(name)}`,
  create: (object) => {
    const table = sqlName(textOf(object, "table") ?? "");
    const publication = sqlName(object.name.slice(0, -(textOf(object, "table") ?? "").length - 1));
    const columns = textOf(object, "columns");
    return [
      [
        `ALTER PUBLICATION ${publication} ADD TABLE ONLY ${table}`,
        clause("(", columns === undefined ? undefined : columnList(columns), ")"),
        clause("WHERE (", textOf(object, "filter"), ")"),
      ].join(""),
    ];
  },
  drop: () => undefined,
};

const eventTriggerWords: Readonly<Record<string, string>> = {
  disabled: "DISABLE",
  replica: "ENABLE REPLICA",
  always: "ENABLE ALWAYS",
};

export const eventTriggers: KindSql = {
  identity: ({ name }) => `EVENT TRIGGER ${sqlName(name)}`,
  create: (object) => {
    const name = sqlName(object.name);
    const tags = textOf(object, "tags")
      ?.split(", ")
      .map((tag) => textLiteral(tag));
    const state = eventTriggerWords[textOf(object, "enabled") ?? ""];
    return [
      [
        `CREATE EVENT TRIGGER ${name} ON ${textOf(object, "event")}`,
        clause("WHEN TAG IN (", tags?.join(", "), ")"),
        ` EXECUTE FUNCTION ${functionName(textOf(object, "function") ?? "")}`,
      ].join(""),
      ...(state === undefined ? [] : [`ALTER EVENT TRIGGER ${name} ${state}`]),
    ];
  },
};
