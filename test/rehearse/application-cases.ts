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
const noEmail = (t: string) => `${t} is not read through ${t}_email: index ${t}_email was dropped`;
const another = (index: (t: string) => string) => (t: string) =>
  `${index(t)}: index ${index(t)} was redefined`;
const email = (t: string) => `${t}_email`;
const other = (t: string) =>
  `CREATE TABLE o_${t} (id bigint PRIMARY KEY, parent bigint, note text); CREATE INDEX o_${t}_parent ON o_${t} (parent)`;
const noOther = (t: string) => `o_${t} is not read through o_${t}_parent`;

const losing: readonly CaseFor[] = [
  inTable(dropEmail, byEmail, noEmail, onEmail),
  inTable(dropEmail, (t) => `SELECT email FROM ${t} WHERE email = $1`, noEmail, onEmail),
  inTable(dropEmail, (t) => `UPDATE ${t} SET size = $1 WHERE email = $2`, noEmail, onEmail),
  inTable(dropEmail, (t) => `DELETE FROM ${t} WHERE email IN :mails`, noEmail, onEmail),
  inTable(dropEmail, (t) => `SELECT * FROM ${t} WHERE email = ANY ($1)`, noEmail, onEmail),
  inTable(
    dropEmail,
    (t) => `SELECT * FROM ${t} WHERE email = $1 OR id = $2`,
    (t) => `${t} is not read through`,
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
    () => "is not read through",
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
    (t) => `${t} is not read through ${t}_email: no index fits`,
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

const none = () => "";
const parts = (t: string) =>
  `CREATE TABLE q_${t} (id int, email text) PARTITION BY RANGE (id); CREATE TABLE q1_${t} PARTITION OF q_${t} FOR VALUES FROM (0) TO (9); CREATE TABLE q2_${t} PARTITION OF q_${t} FOR VALUES FROM (9) TO (20); CREATE INDEX q_${t}_email ON q_${t} (email)`;
const data = (t: string) =>
  `ALTER TABLE ${t} ADD COLUMN data jsonb; CREATE INDEX ${t}_data ON ${t} USING gin (data)`;
const noData = (t: string) => `${t} is not read through ${t}_data`;
const at = (t: string) => `CREATE INDEX ${t}_at ON ${t} (at)`;
const dropAt = (t: string) => `DROP INDEX ${t}_at`;
const noAt = (t: string) => `${t} is not read through ${t}_at: index ${t}_at was dropped`;

/** The same with less common objects and clauses. */
const losingMore: readonly CaseFor[] = [
  inTable(
    (t) => `DROP INDEX q_${t}_email`,
    (t) => `SELECT * FROM q_${t} WHERE email = $1`,
    (t) => `q1_${t} is not read`,
    parts,
  ),
  inTable(
    (t) => `DROP INDEX o_${t}_parent`,
    (t) =>
      `SELECT * FROM ${t} a LEFT JOIN LATERAL (SELECT * FROM o_${t} o WHERE o.parent = a.size ORDER BY note LIMIT 1) x ON true WHERE a.id = $1`,
    noOther,
    other,
  ),
  inTable(
    (t) => `DROP INDEX o_${t}_parent`,
    (t) => `UPDATE o_${t} o SET note = a.name FROM ${t} a WHERE a.size = o.parent AND a.id = $1`,
    noOther,
    other,
  ),
  inTable(
    (t) => `DROP INDEX o_${t}_parent`,
    (t) => `DELETE FROM o_${t} o USING ${t} a WHERE a.size = o.parent AND a.id = $1`,
    noOther,
    other,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} RENAME TO ${t}_old; CREATE TABLE ${t} (LIKE ${t}_old)`,
    byEmail,
    (t) => `index ${t}_email was redefined`,
    onEmail,
  ),
  inTable((t) => `DROP TABLE ${t}; CREATE TABLE ${t} (id int, email text)`, byEmail, noEmail, onEmail),
  inTable(
    (t) => `ALTER TABLE ${t} DROP COLUMN email; ALTER TABLE ${t} ADD COLUMN email text`,
    byEmail,
    noEmail,
    onEmail,
  ),
  inTable(
    (t) => `DROP INDEX ${t}_data`,
    (t) => `SELECT * FROM ${t} WHERE data @> $1`,
    noData,
    data,
  ),
  inTable(
    (t) => `DROP INDEX ${t}_data; CREATE INDEX ${t}_data ON ${t} USING gin (data jsonb_path_ops)`,
    (t) => `SELECT * FROM ${t} WHERE data ? 'a'`,
    noData,
    data,
  ),
  inTable(dropAt, (t) => `SELECT * FROM ${t} WHERE kind = $1 ORDER BY at DESC LIMIT 10`, noAt, at),
  inTable(dropAt, (t) => `SELECT * FROM ${t} ORDER BY at, id LIMIT 10`, noAt, at),
  inTable(
    dropAt,
    (t) => `SELECT * FROM ${t} WHERE at > $1`,
    noAt,
    (t) => `CREATE INDEX ${t}_at ON ${t} USING brin (at)`,
  ),
  inTable(
    (t) => `${dropAt(t)}; CREATE INDEX ${t}_at ON ${t} (at, kind)`,
    (t) => `SELECT * FROM ${t} WHERE kind = $1 ORDER BY at DESC LIMIT 10`,
    another((t) => `${t}_at`),
    (t) => `CREATE INDEX ${t}_at ON ${t} (kind, at)`,
  ),
  inTable(
    dropAt,
    (t) => `SELECT * FROM ${t} WHERE (at, id) < ($1, $2) ORDER BY at DESC, id DESC LIMIT 20`,
    noAt,
    (t) => `CREATE INDEX ${t}_at ON ${t} (at, id)`,
  ),
  inTable(
    dropAt,
    (t) => `SELECT * FROM ${t} WHERE at::date = $1`,
    noAt,
    (t) => `CREATE INDEX ${t}_at ON ${t} ((at::date))`,
  ),
  inTable(
    dropEmail,
    (t) =>
      `MERGE INTO ${t} USING (VALUES ($1, 2)) v (email, size) ON ${t}.email = v.email WHEN MATCHED THEN UPDATE SET size = v.size`,
    noEmail,
    onEmail,
  ),
  inTable(
    dropEmail,
    (t) =>
      `WITH RECURSIVE r AS (SELECT id, email FROM ${t} WHERE id = $1 UNION ALL SELECT x.id, x.email FROM r JOIN ${t} x ON x.email = r.email) SELECT * FROM r`,
    noEmail,
    onEmail,
  ),
  inTable(
    (t) => `DROP INDEX "${t} E"; CREATE INDEX "${t} E" ON "O ${t}" (id, "E mail")`,
    (t) => `SELECT * FROM "O ${t}" WHERE "E mail" = $1`,
    another((t) => `${t} E`),
    (t) =>
      `CREATE TABLE "O ${t}" (id int PRIMARY KEY, "E mail" text); CREATE INDEX "${t} E" ON "O ${t}" ("E mail")`,
  ),
  inTable(
    dropEmail,
    (t) => `SELECT * FROM f_${t}($1)`,
    noEmail,
    (t) =>
      `${onEmail(t)}; CREATE FUNCTION f_${t}(text) RETURNS SETOF int LANGUAGE sql STABLE AS 'SELECT id FROM ${t} WHERE email = $1'`,
  ),
  inTable(
    (t) => `DROP INDEX m_${t}_email`,
    (t) => `SELECT * FROM m_${t} WHERE email = $1`,
    (t) => `m_${t} is not read`,
    (t) =>
      `CREATE MATERIALIZED VIEW m_${t} AS SELECT id, email FROM ${t}; CREATE INDEX m_${t}_email ON m_${t} (email)`,
  ),
];

/** Changes of what a statement reads that leave it an index. */
const keeping: readonly CaseFor[] = [
  inTable(
    (t) =>
      `ALTER TABLE q_${t} DETACH PARTITION q2_${t}; CREATE TABLE q3_${t} PARTITION OF q_${t} FOR VALUES FROM (20) TO (30)`,
    (t) => `SELECT * FROM q_${t} WHERE email = $1`,
    none,
    parts,
  ),
  inTable(dropEmail, byEmail, none, (t) => `${onEmail(t)}; CREATE INDEX ${t}_both ON ${t} (email, size)`),
  inTable(dropEmail, (t) => `SELECT * FROM ${t} WHERE id = $1 AND email = $2`, none, onEmail),
  inTable((t) => `ALTER TABLE ${t} ALTER COLUMN email TYPE varchar(80)`, byEmail, none, onEmail),
  inTable(
    (t) => `ALTER TABLE o_${t} ALTER COLUMN parent TYPE int`,
    (t) => `SELECT * FROM ${t} a JOIN o_${t} o ON o.parent = a.id WHERE a.email = $1`,
    none,
    other,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER COLUMN id TYPE bigint`,
    (t) => `SELECT * FROM ${t} a JOIN o_${t} o ON o.parent = a.id WHERE a.email = $1`,
    none,
    other,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} RENAME COLUMN email TO mail`,
    (t) => `SELECT * FROM v_${t} WHERE email = $1`,
    none,
    (t) => `${onEmail(t)}; CREATE VIEW v_${t} AS SELECT id, email FROM ${t}`,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} RENAME TO ${t}_new`,
    (t) => `SELECT * FROM v_${t} WHERE email = $1`,
    none,
    (t) => `${onEmail(t)}; CREATE VIEW v_${t} AS SELECT id, email FROM ${t}`,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} DROP CONSTRAINT ${t}_email_key; CREATE UNIQUE INDEX ${t}_mail ON ${t} (email)`,
    byEmail,
    none,
    (t) => `ALTER TABLE ${t} ADD UNIQUE (email)`,
  ),
  inTable(
    (t) => `${dropAt(t)}; CREATE INDEX ${t}_new ON ${t} (at DESC)`,
    (t) => `SELECT * FROM ${t} WHERE kind = $1 ORDER BY at DESC LIMIT 10`,
    none,
    at,
  ),
  inTable(
    dropEmail,
    (t) => `SELECT * FROM ${t} a FULL JOIN o_${t} o ON o.note = a.email`,
    none,
    (t) => `${onEmail(t)}; ${other(t)}; CREATE INDEX o_${t}_note ON o_${t} (note)`,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ADD x text, ADD y text, ADD z text; ALTER TABLE o_${t} ADD u int`,
    (t) => `SELECT a.id FROM ${t} a JOIN o_${t} o ON o.parent = a.id`,
    none,
    other,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} ALTER email DROP NOT NULL; ALTER TABLE ${t} ADD CHECK (size > 0)`,
    (t) => `SELECT * FROM ${t} WHERE email = $1 AND size > 3`,
    none,
    (t) => `ALTER TABLE ${t} ALTER email SET NOT NULL; ${onEmail(t)}`,
  ),
  inTable(
    (t) => `ALTER TABLE o_${t} DROP CONSTRAINT o_${t}_pkey`,
    (t) => `SELECT a.* FROM ${t} a LEFT JOIN o_${t} o ON o.id = a.size WHERE a.id = $1`,
    none,
    other,
  ),
  inTable(
    (t) => `DROP INDEX ${t}_kind`,
    (t) => `SELECT * FROM ${t} WHERE kind = $1 ORDER BY at`,
    none,
    (t) => `CREATE INDEX ${t}_kind ON ${t} (kind); CREATE INDEX ${t}_more ON ${t} (kind, at)`,
  ),
  inTable(
    (t) => `ALTER TABLE ${t} DROP COLUMN size`,
    (t) => `SELECT id FROM ${t} WHERE kind = $1`,
    none,
    (t) => `CREATE INDEX ${t}_more ON ${t} (kind, size); CREATE INDEX ${t}_kind ON ${t} (kind)`,
  ),
  inTable((t) => `ALTER INDEX ${t}_email RENAME TO ${t}_mail; REINDEX TABLE ${t}`, byEmail, none, onEmail),
  inTable(
    (t) => `ALTER TABLE ${t} ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON ${t} USING (size > 0)`,
    byEmail,
    none,
    onEmail,
  ),
];

function named(cases: readonly CaseFor[], prefix: string): readonly ApplicationCase[] {
  return cases.map((make, i) => make(`${prefix}${i + 1}`));
}

export const brokenCases = named(broken, "b");
export const losingCases = named(losing, "l");
export const otherLosingCases = named(losingMore, "r");
export const keepingCases = named(keeping, "k");
