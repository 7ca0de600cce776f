/** A statement of an application, and a migration that affects it. */
export interface ApplicationCase {
  readonly base: string;
  readonly change: string;
  readonly statement: string;
  /** In the message of the finding. */
  readonly says: string;
}

/** @param table a name that no other case has */
type CaseFor = (table: string) => ApplicationCase;

const columns = "(id int PRIMARY KEY, name text, email text, size int, at timestamp, kind int)";

function inTable(
  change: (t: string) => string,
  statement: (t: string) => string,
  says: (t: string) => string,
  base: (t: string) => string = () => "",
): CaseFor {
  return (t) => ({
    base: `CREATE TABLE ${t} ${columns}; ${base(t)}`,
    change: change(t),
    statement: statement(t),
    says: says(t),
  });
}

const missingColumn = (name: string) => () => `column "${name}" does not exist`;
const missingTable = (t: string) => `relation "${t}" does not exist`;
const dropName = (t: string) => `ALTER TABLE ${t} DROP COLUMN name`;
const dropTable = (t: string) => `DROP TABLE ${t}`;

const broken: readonly CaseFor[] = [
  inTable(dropName, (t) => `SELECT name FROM ${t}`, missingColumn("name")),
  inTable(
    dropName,
    (t) => `SELECT x.name FROM ${t} x WHERE x.id = $1`,
    () => "column x.name does not exist",
  ),
  inTable(
    dropName,
    (t) => `INSERT INTO ${t} (id, name) VALUES ($1, $2)`,
    (t) => `column "name" of relation "${t}"`,
  ),
  inTable(
    dropName,
    (t) => `UPDATE ${t} SET name = :name WHERE id = :id`,
    (t) => `column "name" of relation "${t}"`,
  ),
  inTable(dropName, (t) => `DELETE FROM ${t} WHERE name = %s`, missingColumn("name")),
  inTable(dropName, (t) => `SELECT id FROM ${t} ORDER BY name LIMIT %(most)s`, missingColumn("name")),
  inTable(
    dropName,
    (t) => `INSERT INTO ${t} VALUES ($1, $2, $3, $4, $5, $6)`,
    () => "more expressions than target columns",
  ),
  inTable(dropName, (t) => `INSERT INTO ${t} (id) VALUES (1) RETURNING id, name`, missingColumn("name")),
  inTable(
    dropName,
    (t) => `SELECT id FROM ${t} a WHERE EXISTS (SELECT 1 FROM ${t} b WHERE b.name = a.email)`,
    () => "column b.name does not exist",
  ),
  inTable(dropName, (t) => `WITH w AS (SELECT name FROM ${t}) SELECT count(*) FROM w`, missingColumn("name")),
  inTable(
    (t) => `ALTER TABLE ${t} RENAME COLUMN email TO mail`,
    (t) => `SELECT email FROM ${t}`,
    missingColumn("email"),
  ),
  inTable(
    (t) => `ALTER TABLE ${t} RENAME COLUMN email TO mail`,
    (t) => `SELECT * FROM ${t} a JOIN ${t} b USING (email)`,
    () => 'column "email" specified in USING',
  ),
  inTable(dropTable, (t) => `SELECT 1 FROM ${t}`, missingTable),
  inTable(dropTable, (t) => `SELECT 'it''s; here' FROM ${t}`, missingTable),
  inTable(
    (t) => `ALTER TABLE ${t} RENAME TO ${t}_new`,
    (t) => `UPDATE ${t} SET size = 1`,
    missingTable,
  ),
  inTable(
    (t) => `CREATE SCHEMA s_${t}; ALTER TABLE ${t} SET SCHEMA s_${t}`,
    (t) => `SELECT id FROM ${t}`,
    missingTable,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER COLUMN size TYPE text`,
    (t) => `SELECT id FROM ${t} WHERE size > 10`,
    () => "operator does not exist: text > integer",
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER COLUMN size TYPE text`,
    (t) => `SELECT sum(size) FROM ${t}`,
    () => "function sum(text) does not exist",
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER COLUMN size TYPE text`,
    (t) => `UPDATE ${t} SET size = size + 1`,
    () => "operator does not exist: text + integer",
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER COLUMN at TYPE text`,
    (t) => `SELECT extract(year FROM at) FROM ${t}`,
    () => "extract",
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER COLUMN kind TYPE uuid USING NULL`,
    (t) => `SELECT a.id FROM ${t} a JOIN ${t} b ON b.id = a.kind`,
    () => "operator does not exist: integer = uuid",
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER COLUMN size TYPE boolean USING NULL`,
    (t) => `SELECT coalesce(size, 0) FROM ${t}`,
    () => "COALESCE types boolean and integer",
  ),
  inTable(
    (t) => `ALTER TABLE o_${t} ADD COLUMN email text`,
    (t) => `SELECT email FROM ${t}, o_${t}`,
    () => 'column reference "email" is ambiguous',
    (t) => `CREATE TABLE o_${t} (other int)`,
  ),
  inTable(
    (t) => `ALTER TABLE o_${t} ADD COLUMN size int`,
    (t) => `SELECT a.id FROM ${t} a JOIN o_${t} o ON o.other = size`,
    () => 'column reference "size" is ambiguous',
    (t) => `CREATE TABLE o_${t} (other int)`,
  ),
  inTable(
    (t) => `DROP FUNCTION f_${t}`,
    (t) => `SELECT f_${t}(size) FROM ${t}`,
    (t) => `function f_${t}(integer) does not exist`,
    (t) => `CREATE FUNCTION f_${t}(int) RETURNS int LANGUAGE sql AS 'SELECT $1'`,
  ),
  inTable(
    (t) => `DROP FUNCTION f_${t}; CREATE FUNCTION f_${t}(text) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    (t) => `SELECT f_${t}(size) FROM ${t}`,
    (t) => `function f_${t}(integer) does not exist`,
    (t) => `CREATE FUNCTION f_${t}(int) RETURNS int LANGUAGE sql AS 'SELECT $1'`,
  ),
  inTable(
    (t) => `DROP TYPE y_${t}`,
    (t) => `SELECT id FROM ${t} WHERE name = $1::y_${t}::text`,
    (t) => `type "y_${t}" does not exist`,
    (t) => `CREATE TYPE y_${t} AS ENUM ('a')`,
  ),
  inTable(
    (t) => `ALTER TYPE y_${t} RENAME VALUE 'a' TO 'b'`,
    (t) => `SELECT id FROM ${t} WHERE name = 'a'::y_${t}::text`,
    () => "invalid input value for enum",
    (t) => `CREATE TYPE y_${t} AS ENUM ('a')`,
  ),
  inTable(
    (t) => `DROP VIEW v_${t}`,
    (t) => `SELECT id FROM v_${t}`,
    (t) => missingTable(`v_${t}`),
    (t) => `CREATE VIEW v_${t} AS SELECT id FROM ${t}`,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} DROP CONSTRAINT ${t}_email_key`,
    (t) => `INSERT INTO ${t} (id, email) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING`,
    () => "no unique or exclusion constraint matching",
    (t) => `ALTER TABLE ${t} ADD UNIQUE (email)`,
  ),
  inTable(
    (t) => `DROP SEQUENCE n_${t}`,
    (t) => `SELECT nextval('n_${t}') FROM ${t}`,
    (t) => missingTable(`n_${t}`),
    (t) => `CREATE SEQUENCE n_${t}`,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER COLUMN size ADD GENERATED ALWAYS AS IDENTITY`,
    (t) => `UPDATE ${t} SET size = 3`,
    () => 'column "size" can only be updated to DEFAULT',
    (t) => `ALTER TABLE ${t} ALTER COLUMN size SET NOT NULL`,
  ),
];

const onEmail = (t: string) => `CREATE INDEX ${t}_email ON ${t} (email)`;
const dropEmail = (t: string) => `DROP INDEX ${t}_email`;
const byEmail = (t: string) => `SELECT * FROM ${t} WHERE email = $1`;
const noEmail = (t: string) => `${t} is no longer read through ${t}_email: index ${t}_email was dropped`;
const another = (index: (t: string) => string) => (t: string) =>
  `${index(t)}: index ${index(t)} was redefined`;
const email = (t: string) => `${t}_email`;
const other = (t: string) =>
  `CREATE TABLE o_${t} (id bigint PRIMARY KEY, parent bigint, note text); CREATE INDEX o_${t}_parent ON o_${t} (parent)`;
const noOther = (t: string) => `o_${t} is no longer read through o_${t}_parent`;

const losing: readonly CaseFor[] = [
  inTable(dropEmail, byEmail, noEmail, onEmail),
  inTable(dropEmail, (t) => `SELECT email FROM ${t} WHERE email = $1`, noEmail, onEmail),
  inTable(dropEmail, (t) => `UPDATE ${t} SET size = $1 WHERE email = $2`, noEmail, onEmail),
  inTable(dropEmail, (t) => `DELETE FROM ${t} WHERE email IN :mails`, noEmail, onEmail),
  inTable(dropEmail, (t) => `SELECT * FROM ${t} WHERE email = ANY ($1)`, noEmail, onEmail),
  inTable(
    dropEmail,
    (t) => `SELECT * FROM ${t} WHERE email = $1 OR id = $2`,
    (t) => `${t} is no longer read through`,
    onEmail,
  ),
  inTable(dropEmail, (t) => `SELECT * FROM ${t} WHERE email > $1 ORDER BY email LIMIT 5`, noEmail, onEmail),
  inTable(dropEmail, (t) => `SELECT count(*) FROM ${t} WHERE email IS NULL`, noEmail, onEmail),
  inTable(dropEmail, (t) => `SELECT max(email) FROM ${t}`, noEmail, onEmail),
  inTable(dropEmail, (t) => `SELECT * FROM ${t} ORDER BY email LIMIT 20`, noEmail, onEmail),
  inTable(
    dropEmail,
    (t) => `WITH w AS MATERIALIZED (SELECT * FROM ${t} WHERE email = $1) SELECT count(*) FROM w`,
    noEmail,
    onEmail,
  ),
  inTable(
    dropEmail,
    (t) => `SELECT id, (SELECT x.id FROM ${t} x WHERE x.email = $1) FROM ${t} WHERE id = $2`,
    noEmail,
    onEmail,
  ),
  inTable(
    dropEmail,
    (t) => `SELECT id FROM ${t} WHERE id = $1 UNION ALL SELECT id FROM ${t} WHERE email = $2`,
    noEmail,
    onEmail,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} DROP CONSTRAINT ${t}_email_key`,
    byEmail,
    (t) => `index ${t}_email_key was dropped`,
    (t) => `ALTER TABLE ${t} ADD UNIQUE (email)`,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} DROP CONSTRAINT ${t}_pkey`,
    (t) => `SELECT * FROM ${t} WHERE id = $1`,
    (t) => `index ${t}_pkey was dropped`,
  ),
  inTable(
    (t) => `${dropEmail(t)}; CREATE INDEX ${t}_email ON ${t} (email) WHERE size > 0`,
    byEmail,
    another(email),
    onEmail,
  ),
  inTable(
    (t) => `${dropEmail(t)}; CREATE INDEX ${t}_email ON ${t} (size, email)`,
    (t) => `SELECT * FROM ${t} WHERE email = $1 AND kind = 1`,
    () => "is no longer read through",
    (t) => `CREATE INDEX ${t}_email ON ${t} (email, kind)`,
  ),
  inTable(
    (t) => `${dropEmail(t)}; CREATE INDEX ${t}_email ON ${t} (lower(email))`,
    byEmail,
    another(email),
    onEmail,
  ),
  inTable(
    (t) => `${dropEmail(t)}; CREATE INDEX ${t}_email ON ${t} USING hash (email)`,
    (t) => `SELECT * FROM ${t} WHERE email > $1`,
    another(email),
    onEmail,
  ),
  inTable(
    (t) => `${dropEmail(t)}; CREATE INDEX ${t}_email ON ${t} (email)`,
    (t) => `SELECT * FROM ${t} WHERE email LIKE 'ab%'`,
    another(email),
    (t) => `CREATE INDEX ${t}_email ON ${t} (email text_pattern_ops)`,
  ),
  inTable(
    (t) => `${dropEmail(t)}; CREATE INDEX ${t}_email ON ${t} (email COLLATE "POSIX")`,
    byEmail,
    another(email),
    onEmail,
  ),
  inTable(
    (t) => `DROP INDEX ${t}_lower; CREATE INDEX ${t}_upper ON ${t} (upper(email))`,
    (t) => `SELECT * FROM ${t} WHERE lower(email) = :mail`,
    (t) => `index ${t}_lower was dropped`,
    (t) => `CREATE INDEX ${t}_lower ON ${t} (lower(email))`,
  ),
  inTable(
    (t) => `DROP INDEX ${t}_some`,
    (t) => `SELECT * FROM ${t} WHERE size = 1`,
    (t) => `index ${t}_some was dropped`,
    (t) => `CREATE INDEX ${t}_some ON ${t} (at) WHERE size = 1`,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER COLUMN size TYPE bigint`,
    (t) => `SELECT * FROM ${t} WHERE size = $1::numeric`,
    (t) => `${t}.size has another type`,
    (t) => `ALTER TABLE ${t} ALTER COLUMN size TYPE numeric; CREATE INDEX ${t}_size ON ${t} (size)`,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER COLUMN email TYPE text COLLATE "C"`,
    (t) => `SELECT * FROM ${t} WHERE email = $1 COLLATE "POSIX"`,
    (t) => `through ${t}_email`,
    (t) => `ALTER TABLE ${t} ALTER COLUMN email TYPE text COLLATE "POSIX"; ${onEmail(t)}`,
  ),
  inTable(
    (t) => `DROP INDEX o_${t}_parent`,
    (t) => `SELECT * FROM ${t} a JOIN o_${t} o ON o.parent = a.id WHERE a.email = $1`,
    noOther,
    other,
  ),
  inTable(
    (t) => `DROP INDEX o_${t}_parent`,
    (t) => `SELECT * FROM ${t} a WHERE id = $1 AND EXISTS (SELECT 1 FROM o_${t} o WHERE o.parent = a.id)`,
    noOther,
    other,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER COLUMN id TYPE numeric`,
    (t) => `SELECT * FROM ${t} a JOIN o_${t} o ON o.parent = a.id WHERE a.email = $1`,
    noOther,
    other,
  ),
  inTable(
    (t) => `CREATE OR REPLACE VIEW v_${t} AS SELECT id, lower(email) AS email FROM ${t}`,
    (t) => `SELECT * FROM v_${t} WHERE email = $1`,
    (t) => `${t} is no longer read through ${t}_email: no index fits`,
    (t) => `${onEmail(t)}; CREATE VIEW v_${t} AS SELECT id, email FROM ${t}`,
  ),
  inTable(
    (t) => `DROP INDEX ${t}_words`,
    (t) => `SELECT * FROM ${t} WHERE to_tsvector('english', name) @@ to_tsquery('english', $1)`,
    (t) => `index ${t}_words was dropped`,
    (t) => `CREATE INDEX ${t}_words ON ${t} USING gin (to_tsvector('english', name))`,
  ),
  inTable(
    (t) => `DROP INDEX ${t}_near`,
    (t) => `SELECT id FROM ${t} ORDER BY point(size, kind) <-> point($1, $2) LIMIT 3`,
    (t) => `index ${t}_near was dropped`,
    (t) => `CREATE INDEX ${t}_near ON ${t} USING gist (point(size, kind))`,
  ),
];

function named(cases: readonly CaseFor[], prefix: string): readonly ApplicationCase[] {
  return cases.map((make, i) => make(`${prefix}${i + 1}`));
}

export const brokenCases = named(broken, "b");
export const losingCases = named(losing, "l");
