import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The keys of the databases of a large project. */
const keys = ["north", "south"] as const;

const nameOf = (number: number) => `area_${Math.floor(number / 25)}_table_${number}`;

/** The SQL of one table with 14 columns, references to earlier tables of its group and others, and three indexes. */
function tableSql(number: number, first: number): string {
  const others = [number - 1 - (number % 3), number - 7 - (number % 11), Math.floor(number / 2)];
  const targets = [...new Set(others)]
    .filter((other) => other >= first && other < number)
    .slice(0, number % 4);
  const references = targets.map(
    (other, i) =>
      `  ref_${i}_id uuid ${i === 0 ? "NOT NULL " : ""}REFERENCES ${nameOf(other)} (id) ON DELETE CASCADE,`,
  );
  return [
    `CREATE TABLE ${nameOf(number)} (`,
    "  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),",
    ...references,
    ...["title", "state", "kind", "owner", "note"].map(
      (column) => `  ${column} varchar(200) NOT NULL DEFAULT '',`,
    ),
    ...["amount", "position", "version"].map((column) => `  ${column} integer,`),
    "  payload jsonb,",
    "  created_at timestamptz NOT NULL DEFAULT now(),",
    "  updated_at timestamptz",
    ");",
    `CREATE INDEX idx_${number}_state ON ${nameOf(number)} (state);`,
    `CREATE INDEX idx_${number}_created ON ${nameOf(number)} (created_at DESC);`,
    `CREATE UNIQUE INDEX idx_${number}_title ON ${nameOf(number)} (title, kind);`,
    `COMMENT ON COLUMN ${nameOf(number)}.state IS 'draft, open or closed';`,
    "",
  ].join("\n");
}

/**
 * Writes a project with two databases whose migrations, in phases 0 to 4, create a number of tables.
 * @returns the path of its config file
 */
export function writeLargeProject(folder: string, tables: number): string {
  const each = Math.ceil(tables / keys.length);
  let number = 0;
  keys.forEach((key, k) => {
    const migrations = path.join(folder, "migrations", key);
    mkdirSync(migrations, { recursive: true });
    for (let phase = 0; phase < 5; phase++) {
      number++;
      const [from, to] = [(each * phase) / 5, (each * (phase + 1)) / 5].map(
        (part) => k * each + Math.floor(part),
      );
      const sql = Array.from({ length: (to ?? 0) - (from ?? 0) }, (_, i) =>
        tableSql((from ?? 0) + i, k * each),
      );
      const file = path.join(migrations, `${String(number).padStart(3, "0")}_tables_${phase}`);
      writeFileSync(`${file}.sql`, `-- socrates-db: phase ${phase}\n\n${sql.join("\n")}`);
      const drops = Array.from(sql, (_, i) => `DROP TABLE ${nameOf((to ?? 0) - 1 - i)};`);
      writeFileSync(`${file}.down.sql`, `-- socrates-db: phase ${phase}\n\n${drops.join("\n")}\n`);
    }
  });
  const config = path.join(folder, "socrates-db.config.json");
  const databases = Object.fromEntries(keys.map((key) => [key, { migrations: `migrations/${key}` }]));
  writeFileSync(config, JSON.stringify({ databases, engine: "embedded" }));
  return config;
}
