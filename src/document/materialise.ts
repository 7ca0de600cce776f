import type { ReadSchemaOptions } from "../catalog/read.ts";
import { isServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { SocratesError } from "../errors.ts";
import type { Schema } from "../schema/model.ts";
import { type ShadowPlace, withShadow } from "../shadow/open.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { identifier } from "../sql/quote.ts";
import { secretsOfSql, withoutSecrets } from "../sql/secrets.ts";
import { documentError } from "./error.ts";
import { type DocumentedSchema, type DocumentedStatement, lastPhaseOf, sectionsOf } from "./model.ts";

/** Receives each statement that has run. */
export type OnRun = (statement: DocumentedStatement, shadow: Shadow) => Promise<void> | void;

export interface MaterialiseOptions extends ReadSchemaOptions {
  readonly onRun?: OnRun;
}

/** The schema that a document's SQL creates in one database. */
export interface MaterialisedDatabase {
  /**
   * The possible objects at the end of each phase, from phase 0: tables with a range of phases exist from its first
   * phase.
   */
  readonly phases: readonly Schema[];
  /** Extensions that a statement needed and no earlier statement creates. */
  readonly impliedExtensions: readonly ImpliedExtension[];
}

export interface ImpliedExtension {
  readonly name: string;
  readonly statement: DocumentedStatement;
}

/** SQLSTATEs of errors that a later statement of the document may resolve (manual, appendix A). */
const undefinedObject = "42704";
const missing: ReadonlySet<string> = new Set([
  "42P01", // table
  undefinedObject, // type and others
  "42883", // function
  "42703", // column
  "3F000", // schema
]);

function rejected(statement: DocumentedStatement, error: unknown): unknown {
  if (!isServerError(error)) return error;
  const before = [...statement.sql]
    .slice(0, Number(error.position ?? 1) - 1)
    .join("")
    .split("\n");
  const { file, line, column } = statement.location;
  const place = {
    file,
    line: line + before.length - 1,
    column: (before.length === 1 ? column : 1) + (before.at(-1)?.length ?? 0),
  };
  const secrets = secretsOfSql(statement.sql);
  const shown = (text: string) => withoutSecrets(text, secrets);
  const { message } = documentError(
    place,
    `PostgreSQL rejects this: ${shown(error.message)} (${error.code})`,
    "",
  );
  return new SocratesError("document-invalid", message, {
    hint: "Fix the SQL of the document.",
    cause: error,
    location: place,
    sql: {
      sqlState: error.code,
      ...(error.detail !== undefined && { detail: shown(error.detail) }),
      ...(error.hint !== undefined && { hint: shown(error.hint) }),
    },
  });
}

/** The available extension with the type that an error misses. */
async function missingExtension(session: Session, error: unknown): Promise<string | undefined> {
  if (!isServerError(error) || error.code !== undefinedObject) return undefined;
  const available = await session.read<{ name: string }>(
    "SELECT name FROM pg_available_extensions WHERE installed_version IS NULL",
  );
  return available.map(({ name }) => name).find((name) => error.message.includes(`"${name}"`));
}

async function attempt(shadow: Shadow, statement: DocumentedStatement): Promise<unknown> {
  if (shadow.skips(statement.sql)) return undefined;
  try {
    await shadow.run(statement.sql);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Runs statements in order; those that need a later one are retried after it. */
async function runStatements(
  shadow: Shadow,
  statements: readonly DocumentedStatement[],
  onRun: OnRun,
): Promise<ImpliedExtension[]> {
  const implied: ImpliedExtension[] = [];
  let waiting = statements;
  while (waiting.length > 0) {
    const later: { statement: DocumentedStatement; error: unknown }[] = [];
    for (const statement of waiting) {
      const error = await attempt(shadow, statement);
      if (error === undefined) {
        await onRun(statement, shadow);
        continue;
      }
      if (!isServerError(error) || !missing.has(error.code)) throw rejected(statement, error);
      later.push({ statement, error });
    }
    const [first] = later;
    if (first !== undefined && later.length === waiting.length) {
      const extension = await missingExtension(shadow, first.error);
      if (extension !== undefined) {
        await shadow.run(`CREATE EXTENSION ${identifier(extension)} SCHEMA public`);
        implied.push({ name: extension, statement: first.statement });
      } else if (shadow.leaveOut(first.statement.sql, first.error)) later.shift();
      else throw rejected(first.statement, first.error);
    }
    waiting = later.map(({ statement }) => statement);
  }
  return implied;
}

/**
 * Runs a document's SQL for one database in a shadow, phase by phase, and reads the resulting schema.
 * @param database its name, for example `shop`
 * @param place of the shadow
 * @throws SocratesError `document-invalid` if PostgreSQL rejects a statement, with its place
 */
export async function materialise(
  document: DocumentedSchema,
  database: string,
  place: ShadowPlace,
  { onRun = () => {}, ...reading }: MaterialiseOptions = {},
): Promise<MaterialisedDatabase> {
  const sections = sectionsOf(document, database);
  return withShadow({ ...place, database }, async (shadow) => {
    const phases: Schema[] = [];
    const implied: ImpliedExtension[] = [];
    for (let phase = 0; phase <= lastPhaseOf(document); phase++) {
      const statements = sections
        .filter((section) => section.phase.from === phase)
        .flatMap((section) => section.statements);
      implied.push(...(await runStatements(shadow, statements, onRun)));
      const last = phases.at(-1);
      phases.push(statements.length === 0 && last !== undefined ? last : await shadow.readSchema(reading));
    }
    return { phases, impliedExtensions: implied };
  });
}
