import { readdirSync } from "node:fs";
import path from "node:path";
import { SocratesError } from "../errors.ts";
import { formatNumber } from "../migration-number.ts";
import { checksum, displayPath, fileError, readSource, type SourceFile } from "../sql/source-file.ts";
import { isTransactionControl, type Statement, splitStatements } from "../sql/statements.ts";
import { UnterminatedError } from "../sql/tokens.ts";
import { readDirectives } from "./directives.ts";

/** One migration of a chain, from its files. */
export interface MigrationFile {
  /** Unique over all chains. */
  readonly number: number;
  /** The part of the file name after the number, for example `create_auth_tables`. */
  readonly name: string;
  /** Number and name as in the file name, for example `001_create_auth_tables`. */
  readonly id: string;
  /** Key of the database to which it belongs. */
  readonly database: string;
  readonly phase: number;
  readonly noTransaction: boolean;
  /** Why it cannot be rolled back, empty without a reason; undefined if it can, or if only its down file says so. */
  readonly irreversible: string | undefined;
  /** Whether it may change what earlier phases have made. */
  readonly amends: boolean;
  readonly source: SourceFile;
  /** SHA-256 of the text, in hexadecimal. */
  readonly checksum: string;
  /** Absolute path of its down file, if there is one. */
  readonly downPath: string | undefined;
}

/** The migrations of one database, ordered by number. */
export interface ChainFiles {
  /** The highest number over all chains of the project; if unset, that of this chain. */
  readonly newest?: number;
  readonly database: string;
  readonly folder: string;
  readonly migrations: readonly MigrationFile[];
}

const namePattern = /^(\d{3,6})_([a-z0-9][a-z0-9_]*)(\.down)?\.sql$/;

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.toLowerCase().endsWith(".sql"))
      .sort();
  } catch (cause) {
    throw new SocratesError("config-invalid", `the migrations folder ${displayPath(folder)} cannot be read`, {
      hint: "Check the folder's name in the configuration, or create it.",
      cause,
    });
  }
}

function emptyFile(source: SourceFile): SocratesError {
  return new SocratesError("file-invalid", `${displayPath(source.path)} is empty: it holds no statement`, {
    hint: "Write its SQL, or remove the file.",
  });
}

function readMigration(
  database: string,
  folder: string,
  fileName: string,
  downPath: string | undefined,
): MigrationFile {
  const match = namePattern.exec(fileName);
  const source = readSource(`${folder}${path.sep}${fileName}`);
  const { phase, noTransaction, irreversible, amends } = readDirectives(source);
  if (source.text.trim() === "") throw emptyFile(source);
  if (phase === undefined)
    throw new SocratesError("file-invalid", `${displayPath(source.path)} names no phase`, {
      hint: 'Put "-- socrates-db: phase N" on its first line.',
    });
  const number = Number(match?.[1]);
  const name = match?.[2] ?? "";
  return {
    number,
    name,
    id: `${match?.[1]}_${name}`,
    database,
    phase,
    noTransaction,
    irreversible,
    amends: amends !== undefined,
    source,
    checksum: checksum(source.text),
    downPath,
  };
}

/**
 * Reads the chain of one database from its folder. Files are named `NNN_name.sql`, and `NNN_name.down.sql` for the
 * rollback; other files that end in `.sql` are refused, so that a misnamed migration is not silently skipped.
 * @throws SocratesError `file-invalid`, `config-invalid`
 */
export function readChain(database: string, folder: string): ChainFiles {
  const names = listFolder(folder);
  const up = new Set<string>();
  const down = new Set<string>();
  for (const name of names) {
    const match = namePattern.exec(name);
    if (match === null)
      throw new SocratesError(
        "file-invalid",
        `${displayPath(path.join(folder, name))} is not named like a migration`,
        {
          hint: "Name it NNN_name.sql or NNN_name.down.sql, in lower case with underscores.",
        },
      );
    (match[3] === undefined ? up : down).add(name);
  }
  for (const name of down) {
    if (!up.has(name.replace(/\.down\.sql$/, ".sql")))
      throw new SocratesError(
        "file-invalid",
        `${displayPath(path.join(folder, name))} rolls back a migration that does not exist`,
        {
          hint: "Restore the migration of that name, or remove this file.",
        },
      );
  }
  const migrations = [...up].map((name) => {
    const downName = name.replace(/\.sql$/, ".down.sql");
    return readMigration(
      database,
      folder,
      name,
      down.has(downName) ? `${folder}${path.sep}${downName}` : undefined,
    );
  });
  return { database, folder, migrations: migrations.sort((a, b) => a.number - b.number) };
}

/**
 * Checks what must hold over all chains before any of them runs: unique numbers, and phases that never decrease.
 * @throws SocratesError `file-invalid`
 */
export function checkChains(chains: readonly ChainFiles[]): void {
  const byNumber = new Map<number, MigrationFile>();
  for (const migration of chains.flatMap((chain) => chain.migrations)) {
    const other = byNumber.get(migration.number);
    if (other !== undefined)
      throw new SocratesError(
        "file-invalid",
        `two migrations have the number ${formatNumber(migration.number)}: ${displayPath(other.source.path)} and ${displayPath(migration.source.path)}`,
        { hint: "Give the newer one the next free number; numbers are unique over all databases." },
      );
    byNumber.set(migration.number, migration);
  }
  for (const { migrations } of chains) {
    for (const [i, migration] of migrations.entries()) {
      const previous = migrations[i - 1];
      if (previous !== undefined && migration.phase < previous.phase)
        throw new SocratesError(
          "file-invalid",
          `${displayPath(migration.source.path)} is of phase ${migration.phase}, but ${previous.id} before it is of phase ${previous.phase}`,
          { hint: `Phases never fall along a chain: make it phase ${previous.phase} or later.` },
        );
    }
  }
}

/** An SQL file, split, checked and ready to run. */
export interface Script {
  readonly source: SourceFile;
  readonly statements: readonly Statement[];
  readonly noTransaction: boolean;
}

/**
 * Splits a file into the statements that will run.
 * @throws SocratesError `file-invalid` for an empty file, transaction control, an open quote, what `refuseUnsendable`
 * refuses, and a `no-transaction` file with more than one statement: PostgreSQL commits each statement, so a failure
 * between two could not be rolled back
 */
export function readScript(source: SourceFile, noTransaction: boolean): Script {
  const statements = readStatements(source);
  const [first, second] = statements;
  if (first === undefined) throw emptyFile(source);
  for (const statement of statements)
    if (isTransactionControl(statement)) throw transactionControl(source, statement);
  if (noTransaction && second !== undefined)
    throw fileError(
      source,
      second.offset,
      "a no-transaction migration must have exactly one statement; this is the second",
      "Move it to a separate migration.",
    );
  return { source, statements, noTransaction };
}

/** Refuses a statement that would begin or end the transaction of its file. */
export function transactionControl(source: SourceFile, { offset, words }: Statement): SocratesError {
  return fileError(
    source,
    offset,
    `transaction control (${words[0]}) is not allowed in a migration`,
    "Remove it: the migration and its ledger row commit together, in one transaction.",
  );
}

/**
 * The statements of an SQL file, each valid for a server.
 * @throws SocratesError `file-invalid` for an open quote, a psql command, and what `refuseUnsendable` refuses
 */
export function readStatements(source: SourceFile): readonly Statement[] {
  const statements = split(source);
  for (const statement of statements) {
    refuseUnsendable(source, statement);
    const command = /\\\w+/.exec(statement.text);
    if (command !== null && statement.words.includes("\\"))
      throw fileError(
        source,
        statement.offset + command.index,
        `"${command[0]}" is a command of psql, not SQL`,
        "Write it as SQL: the file is sent to the server, not to psql.",
      );
  }
  return statements;
}

/**
 * Refuses statements that no session of this program can run as intended.
 * @throws SocratesError `file-invalid` for a COPY with inline rows, and for a name that PostgreSQL would truncate
 */
function refuseUnsendable(source: SourceFile, { copiesToClient, offset, longName }: Statement): void {
  if (copiesToClient) throw clientCopy(source, offset);
  if (longName !== undefined)
    throw fileError(
      source,
      longName.offset,
      `the identifier "${longName.name}" has ${Buffer.byteLength(longName.name)} bytes; PostgreSQL truncates it to 63`,
      "Choose a shorter name.",
    );
}

function clientCopy(source: SourceFile, offset: number): SocratesError {
  return fileError(
    source,
    offset,
    "COPY from stdin or to stdout moves rows between the server and a client such as psql",
    "Write the rows as INSERT, or load them with psql; pg_dump --schema-only leaves them out.",
  );
}

/** The first line that begins a COPY from stdin, up to its semicolon; undefined for none. */
function firstClientCopy(text: string): number | undefined {
  let offset = 0;
  for (const part of text.split(";")) {
    const start = part.search(/^COPY\s/im);
    if (start >= 0 && /\sFROM\s+stdin\b/i.test(part.slice(start))) return offset + start;
    offset += part.length + 1;
  }
  return undefined;
}

function split(source: SourceFile): Statement[] {
  try {
    return splitStatements(source.text);
  } catch (error) {
    if (!(error instanceof UnterminatedError)) throw error;
    // The rows of a COPY may contain unclosed quotes.
    const copy = firstClientCopy(source.text);
    if (copy !== undefined && copy < error.offset) throw clientCopy(source, copy);
    throw fileError(
      source,
      error.offset,
      `${error.what} is never closed`,
      "Close it, or remove what opens it.",
    );
  }
}
