/** Names that are markup, scripts and Markdown, or that change how text is read. */
export const hostileNames = [
  "<img src=x onerror=alert(1)>",
  "</script><script>alert(2)</script>",
  "quote \" and ' and &amp;",
  "[link](javascript:alert(3)) **bold** `code`",
  "right\u202eto left",
  "line\u2028separator",
  "two\nlines",
  "--><!-- comment",
] as const;

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** SQL that creates a table of each name, with a column, an index and comments of the same name. */
export const hostileSql = hostileNames
  .map((name, i) =>
    [
      `CREATE TABLE ${quoted(name)} (id int PRIMARY KEY, ${quoted(name)} text DEFAULT ${literal(name)} CHECK (${quoted(name)} <> ${literal(name)}));`,
      `CREATE INDEX ${quoted(`index ${i} ${name}`)} ON ${quoted(name)} (${quoted(name)});`,
      `COMMENT ON TABLE ${quoted(name)} IS ${literal(name)};`,
      `COMMENT ON COLUMN ${quoted(name)}.${quoted(name)} IS ${literal(name)};`,
    ].join("\n"),
  )
  .join("\n");
