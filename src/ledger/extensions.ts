/** Part of the ledger: whether each extension that a migration names was created by it, or was there before. */
export const createExtensions = `CREATE TABLE IF NOT EXISTS socrates_db.extensions (
  number integer NOT NULL,
  name varchar(63) NOT NULL,
  created boolean NOT NULL,
  PRIMARY KEY (number, name)
);`;
