import type { KindSql } from "./kind.ts";
import { textLiteral } from "./literals.ts";
import { clause, columnValues, isSet, sqlName, storageOptions, textIn, textOf } from "./names.ts";

const storageWords: Readonly<Record<string, string>> = {
  p: "PLAIN",
  e: "EXTERNAL",
  m: "MAIN",
  x: "EXTENDED",
};

/** How ALTER … SET STORAGE names a letter of the catalog; DEFAULT without one. */
export function storageWord(letter: string | undefined): string {
  return letter === undefined ? "DEFAULT" : (storageWords[letter] ?? letter);
}

function word(isMaterialized: boolean): string {
  return isMaterialized ? "MATERIALIZED VIEW" : "VIEW";
}

/** Materialised views are created without rows: the tables that they read may be empty still. */
export const views: KindSql = {
  identity: (object) => `${word(isSet(object, "materialized"))} ${sqlName(object.name)}`,
  create: (object) => {
    const isMaterialized = isSet(object, "materialized");
    const name = sqlName(object.name);
    const alter = `ALTER ${word(isMaterialized)} ${name} ALTER COLUMN`;
    const [options, method] = [textOf(object, "options"), textOf(object, "accessMethod")];
    const tablespace = textOf(object, "tablespace");
    const values = (attribute: string) => columnValues(textOf(object, attribute));
    return [
      [
        `CREATE ${word(isMaterialized)} ${name}`,
        clause("USING ", method === undefined || method === "heap" ? undefined : sqlName(method)),
        clause("WITH (", options === undefined ? undefined : storageOptions(options), ")"),
        clause("TABLESPACE ", tablespace === undefined ? undefined : sqlName(tablespace)),
        ` AS\n${textOf(object, "definition")?.replace(/;\s*$/, "")}`,
        isMaterialized ? "\n  WITH NO DATA" : "",
      ].join(""),
      ...values("columnDefaults").map(([column, text]) => `${alter} ${column} SET DEFAULT ${text}`),
      ...values("columnStatistics").map(([column, target]) => `${alter} ${column} SET STATISTICS ${target}`),
      ...values("columnStorage").map(
        ([column, letter]) => `${alter} ${column} SET STORAGE ${storageWord(letter)}`,
      ),
      ...values("columnComments").map(
        ([column, text]) => `COMMENT ON COLUMN ${name}.${column} IS ${textLiteral(textIn(text))}`,
      ),
    ];
  },
};
