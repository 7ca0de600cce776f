import type { Location } from "../errors.ts";
import { onlyColumnOf } from "../schema/hosts.ts";
import type { SchemaObject } from "../schema/model.ts";
import { partsOfName } from "../schema/names.ts";
import { findName, type PlacedStatement, says } from "../sql/find-name.ts";
import { displayPath, locate, placesOf, type SourceFile } from "../sql/source-file.ts";
import { splitStatements } from "../sql/statements.ts";

/** Files are searched for one object after the other. */
const known = new WeakMap<SourceFile, readonly PlacedStatement[]>();

function statementsOf(source: SourceFile): readonly PlacedStatement[] {
  const found = known.get(source) ?? placedStatements(source);
  known.set(source, found);
  return found;
}

function placedStatements({ path, text }: SourceFile): PlacedStatement[] {
  const file = displayPath(path);
  const placeOf = placesOf(text);
  return splitStatements(text).map(({ text: sql, offset }) => ({
    sql,
    location: { file, ...placeOf(offset) },
  }));
}

/** Where an SQL file defines an object, or else first mentions its table, or else its first statement. */
export function locateInFile(source: SourceFile, object: SchemaObject, attribute?: string): Location {
  const statements = statementsOf(source);
  const [, owner = "", part] = partsOfName(object.name);
  const about = part === undefined ? statements : statements.filter((statement) => says(statement, owner));
  const name = part ?? owner;
  const column = onlyColumnOf(object);
  return (
    findName(about, name, attribute) ??
    // An index can be dropped or renamed without naming its table.
    findName(statements, name, attribute) ??
    (column === undefined ? undefined : findName(about, column, attribute)) ??
    (about[0] ?? statements[0])?.location ??
    locate(source, 0).location
  );
}

/** The statement of an SQL file that creates an object, on one line; undefined if none names it. */
export function statementFor(source: SourceFile, { name }: SchemaObject): string | undefined {
  const own = partsOfName(name).at(-1) ?? "";
  return statementsOf(source)
    .find((statement) => says(statement, own))
    ?.sql.replace(/\s+/g, " ");
}
