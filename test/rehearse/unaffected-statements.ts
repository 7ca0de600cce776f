import type { Shadow } from "../../src/shadow/shadow.ts";

interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

interface Link {
  readonly from: string;
  readonly column: string;
  readonly to: string;
}

function ofColumn(table: string, name: string, type: string): string[] {
  const by = `${table}.${name}`;
  return [
    `SELECT * FROM ${table} WHERE ${by} = $1`,
    `SELECT ${name} FROM ${table} WHERE ${name} IS NOT NULL ORDER BY ${by} LIMIT :most`,
    `SELECT ${name}, count(*) FROM ${table} GROUP BY ${name} HAVING count(*) > %s`,
    ...(/^(?:timestamp|integer|bigint|numeric)/.test(type)
      ? [
          `SELECT min(${name}), max(${name}) FROM ${table}`,
          `SELECT * FROM ${table} WHERE ${name} >= $1 AND ${name} < $2 ORDER BY ${name} DESC`,
        ]
      : []),
  ];
}

function ofTable({ name, columns }: Table): string[] {
  const names = columns.map((column) => column.name);
  const [first = ""] = names;
  return [
    `SELECT * FROM ${name}`,
    `SELECT count(*) FROM ${name}`,
    `SELECT ${names.join(", ")} FROM ${name} WHERE ${first} IN ($1, $2, $3)`,
    `INSERT INTO ${name} (${names.join(", ")}) VALUES (${names.map((_, i) => `$${i + 1}`).join(", ")}) RETURNING *`,
    `UPDATE ${name} SET ${first} = %(value)s WHERE ${first} = %(value)s`,
    `DELETE FROM ${name} WHERE ${first} = :key`,
    ...columns.flatMap((column) => ofColumn(name, column.name, column.type)),
  ];
}

function ofLink({ from, column, to }: Link): string[] {
  return [
    `SELECT a.* FROM ${from} a JOIN ${to} b ON a.${column} = b.id WHERE b.id = $1`,
    `SELECT b.id, count(a.*) FROM ${to} b LEFT JOIN ${from} a ON a.${column} = b.id GROUP BY b.id`,
    `SELECT * FROM ${to} b WHERE NOT EXISTS (SELECT 1 FROM ${from} a WHERE a.${column} = b.id)`,
  ];
}

/** Statements over all tables, columns and foreign keys of a schema. */
export async function statementsOver(shadow: Shadow): Promise<string[]> {
  const tables = await shadow.run<Table>(`SELECT table_name AS name,
  json_agg(json_build_object('name', column_name, 'type', data_type) ORDER BY ordinal_position) AS columns
FROM information_schema.columns WHERE table_schema = 'public' AND data_type NOT IN ('json', 'USER-DEFINED') GROUP BY table_name ORDER BY table_name`);
  const links =
    await shadow.run<Link>(`SELECT conrelid::regclass::text AS from, attname AS column, confrelid::regclass::text AS to
FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] WHERE contype = 'f' ORDER BY 1, 2`);
  return [...tables.flatMap(ofTable), ...links.flatMap(ofLink)];
}
