/** Part of the ledger: whether a migration created each extension that it names, or found it. */
export const createExtensions = `CREATE TABLE IF NOT EXISTS socrates_db.extensions (
  number integer NOT NULL,
  name varchar(63) NOT NULL,
  created boolean NOT NULL,
  PRIMARY KEY (number, name)
);`;
