import { keyOf, type ObjectKey } from "../../schema/model.ts";
import { dollarQuoted, literal } from "../../sql/quote.ts";

/** What rows must be like for a script to run. */
export interface Condition {
  readonly object: ObjectKey;
  /** What the rows must be like: `the table must be empty, as …`. */
  readonly message: string;
  /** Returns the offending rows; a function that it needs is created before, as a temporary one. */
  readonly query: string;
  /** A statement that fails if the query returns rows, and otherwise changes nothing. */
  readonly guard: string;
  /** The tables whose rows it is about. */
  readonly tables: readonly ObjectKey[];
  /** A statement that fulfils it, if it is not about rows of tables. */
  readonly remedy?: string | undefined;
  /** Returns no row if no row of a table can violate it: all rows are alike in what it is about. */
  readonly likeness?: string | undefined;
}

/** A temporary function that a query calls to try what may fail: `pg_temp.fits(value)`. */
export interface Trial {
  readonly name: string;
  readonly argument: string;
  /** A variable `new_value` with its type and value, if that is what may fail. */
  readonly declaration?: string;
  /** Statements that fail for a value that does not fit, or return false. */
  readonly body: string;
}

/** A function that exists while a query runs. */
export interface TemporaryFunction {
  readonly create: string;
  readonly drop: string;
}

export interface ConditionParts {
  readonly object: { readonly kind: Parameters<typeof keyOf>[0]; readonly name: string };
  readonly message: string;
  /** Returns the offending rows. */
  readonly select: string;
  /** Functions that the query calls, besides the trials. */
  readonly functions?: readonly TemporaryFunction[];
  readonly trials?: readonly Trial[];
  readonly tables: readonly ObjectKey[];
  readonly remedy?: string;
  readonly likeness?: string | undefined;
}

/** Errors about values: data exceptions and violated constraints. */
const refusals = "data_exception OR integrity_constraint_violation";

function creation({ name, argument, declaration, body }: Trial): string {
  // Only a block within the block lets it catch what the declaration raises.
  const work = declaration === undefined ? body : `DECLARE new_value ${declaration}; BEGIN ${body} END;`;
  const block = `BEGIN ${work} RETURN true; EXCEPTION WHEN ${refusals} THEN RETURN false; END`;
  return `CREATE OR REPLACE FUNCTION pg_temp.${name}(value ${argument}) RETURNS boolean LANGUAGE plpgsql AS ${dollarQuoted(block)}`;
}

function functionsOf({ functions = [], trials = [] }: ConditionParts): readonly TemporaryFunction[] {
  const own = trials.map((trial) => ({
    create: creation(trial),
    drop: `DROP FUNCTION pg_temp.${trial.name}(${trial.argument})`,
  }));
  return [...functions, ...own];
}

/**
 * The block that counts the offending rows and fails if it finds some. It drops its functions: they use types that the
 * script may drop.
 */
function guardOf(parts: ConditionParts): string {
  const { message, select } = parts;
  const functions = functionsOf(parts);
  const block = [
    "#variable_conflict use_column",
    "DECLARE",
    "  offending_rows bigint;",
    "BEGIN",
    ...functions.map(({ create }) => `  EXECUTE ${dollarQuoted(create)};`),
    `  SELECT pg_catalog.count(*) INTO offending_rows FROM (${select}) AS offending;`,
    ...functions.map(({ drop }) => `  EXECUTE ${literal(drop)};`),
    "  IF offending_rows > 0 THEN",
    `    RAISE EXCEPTION USING MESSAGE =${literal(`${message}; offending rows: `)} || offending_rows;`,
    "  END IF;",
    "END",
  ].join("\n");
  return `DO ${dollarQuoted(`\n${block}\n`)}`;
}

/** The first line of the error with which a guard stops a script. */
export function refusalOf({ message }: Condition): string {
  return `${message}; offending rows: `;
}

export function conditionOf(parts: ConditionParts): Condition {
  const { object, message, select, tables, remedy, likeness } = parts;
  return {
    object: keyOf(object.kind, object.name),
    message,
    query: [...functionsOf(parts).map(({ create }) => create), select].join(";\n"),
    guard: guardOf(parts),
    tables,
    remedy,
    likeness,
  };
}
