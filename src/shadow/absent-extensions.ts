import { type ReadSchemaOptions, readSchema } from "../catalog/read.ts";
import { isServerError, type ServerError } from "../database/server-error.ts";
import type { Session } from "../database/session.ts";
import { type Schema, schemaOf, type Uncovered } from "../schema/model.ts";
import { literal } from "../sql/quote.ts";
import { shownSql } from "./shadow.ts";

/** What reports call the members of an extension that the engine lacks. */
export const absentExtension = "content of extension";

/** Where the engine in memory looks for extensions. */
const folder = "/pglite/share/postgresql/extension";

/** PostgreSQL's errors about an extension without files, or without those of the version that a statement names. */
const absences = [
  /^extension "([\w-]+)" is not available$/,
  /^extension "([\w-]+)" has no installation script nor update path for version "([\w.-]+)"$/,
];

/** SQLSTATEs of statements that use what an extension, or an earlier statement that was left out, would have created. */
const missing: ReadonlySet<string> = new Set([
  "42P01", // table
  "42704", // type and others
  "42883", // function or operator
  "42703", // column
  "3F000", // schema
]);

/** PostgreSQL's error about storage parameters of an extension, such as `timescaledb.continuous`. */
const unknownParameter = /^unrecognized parameter namespace "/;

/** Bodies of functions may use an extension that is empty. */
export const uncheckedBodies = "SET check_function_bodies = off;";

/** The version of an empty extension whose statement names none. */
const anyVersion = "0";

/**
 * The extensions that a shadow lacks. Each is created empty, so that everything that does not depend on it can be
 * created; what depends on it is left out, and becomes a part of the schema that is not compared.
 */
export class AbsentExtensions {
  private readonly names = new Set<string>();
  private readonly leftOut: Uncovered[] = [];

  /** SQL that creates the files of an empty extension, if an error is about one that the engine lacks. */
  repair(error: unknown): readonly string[] | undefined {
    if (!isServerError(error)) return undefined;
    const [, name, version = anyVersion] = absences
      .map((absence) => absence.exec(error.message))
      .find((match) => match !== null) ?? [undefined, undefined];
    if (name === undefined) return undefined;
    this.names.add(name);
    const write = (file: string, text: string) =>
      `COPY (SELECT ${literal(text)}) TO ${literal(`${folder}/${file}`)};`;
    return [
      write(`${name}.control`, `default_version = '${anyVersion}'`),
      write(`${name}--${version}.sql`, "SELECT 1;"),
      uncheckedBodies,
    ];
  }

  /** Whether a statement may have failed because it depends on an extension that the engine lacks. */
  lacks(error: unknown): error is ServerError {
    return (
      this.names.size > 0 &&
      isServerError(error) &&
      (missing.has(error.code) || unknownParameter.test(error.message))
    );
  }

  /** Whether a failed statement is left out, and reported, as it depends on an extension that the engine lacks. */
  leaveOut(sql: string, error: unknown): boolean {
    if (!this.lacks(error)) return false;
    this.leftOut.push({
      what: "statement",
      name: shownSql(sql),
      reason: `${error.message}; ${this.reason()}`,
    });
    return true;
  }

  /** The schema of a session, with what is left out. */
  async readSchema(session: Session, options?: ReadSchemaOptions): Promise<Schema> {
    const schema = await readSchema(session, options);
    if (this.names.size === 0) return schema;
    const absent = [...this.names].sort().map((name) => ({
      what: absentExtension,
      name,
      reason: "the embedded engine does not have it",
    }));
    return schemaOf(
      schema.objects.values(),
      [...schema.uncovered, ...absent, ...this.leftOut],
      schema.serverVersion,
    );
  }

  private reason(): string {
    return `the embedded engine lacks ${[...this.names].sort().join(", ")}`;
  }
}
