import type { NamedDatabase } from "../databases.ts";
import { materialise, type OnRun } from "../document/materialise.ts";
import { type Kind, keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName, partsOfName } from "../schema/names.ts";
import type { ShadowPlace } from "../shadow/open.ts";
import { wordsOf } from "../sql/items.ts";
import type { SourceDocument, SourceStatement } from "./source.ts";

/** What a statement does to an object. */
export interface Made {
  readonly statement: SourceStatement;
  readonly before: SchemaObject | undefined;
  readonly after: SchemaObject | undefined;
}

/** For each object, the statements that create and change it, in the order in which they run. */
export type Makers = ReadonlyMap<ObjectKey, readonly Made[]>;

function placeKey({ file, line, column }: { file: string; line: number; column: number }): string {
  return `${file}:${line}:${column}`;
}

/** Kinds whose objects have no single name. */
const unnamed: ReadonlySet<Kind> = new Set([
  "cast",
  "transform",
  "user mapping",
  "operator",
  "default privileges",
  "publication table",
  "security label",
]);

/** Words by which a statement mentions an object: the parts of a table are often unnamed, as sequences of its columns. */
function wordsFor({ kind, name, attributes: { ownedBy } }: SchemaObject): string[] {
  const parts = partsOfName(name);
  const own = /^[\p{L}_][\p{L}\p{M}\p{N}_$]*/u.exec(parts.at(-1) ?? "")?.[0];
  const whole = ownName(name).startsWith('"') ? parts.at(-1) : own;
  const named = unnamed.has(kind) || whole === undefined ? [kind.split(" ")[0] ?? ""] : [whole];
  const owner = typeof ownedBy === "string" ? partsOfName(ownedBy).slice(-2, -1) : [];
  return parts.length > 2 ? [...named, parts[1] ?? ""] : [...named, ...owner];
}

/** Whether SQL has one of some names as a word. */
export function saysOneOf(sql: string, names: ReadonlySet<string>): boolean {
  return wordsOf(sql).some(({ text, keyword }) => {
    const name = text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : keyword.toLowerCase();
    return names.has(name);
  });
}

/**
 * Runs the document's SQL for one database and finds the statements that make some objects: the catalog is read after
 * each statement that mentions one of them, or after each one where that does not tell which has made an object.
 * @throws SocratesError `document-invalid`
 */
export async function findMakers(
  source: SourceDocument,
  database: NamedDatabase,
  objects: readonly SchemaObject[],
  shadow: ShadowPlace,
): Promise<Makers> {
  const names = new Set(objects.flatMap(wordsFor));
  const mentions = (sql: string) => saysOneOf(sql, names);
  const { makers, isCertain } = await readMakers(source, database, objects, shadow, mentions);
  return isCertain ? makers : (await readMakers(source, database, objects, shadow, () => true)).makers;
}

async function readMakers(
  source: SourceDocument,
  { name }: NamedDatabase,
  objects: readonly SchemaObject[],
  shadow: ShadowPlace,
  isRead: (sql: string) => boolean,
): Promise<{ readonly makers: Makers; readonly isCertain: boolean }> {
  const byPlace = new Map(
    source.statements.map((statement) => [placeKey(statement.location), statement] as const),
  );
  const words = new Map(
    objects.map((object) => [keyOf(object.kind, object.name), new Set(wordsFor(object))]),
  );
  const makers = new Map<ObjectKey, Made[]>();
  let known: Schema | undefined;
  let isCertain = true;
  let hasSkipped = false;
  const onRun: OnRun = async ({ sql, location, deferred }, ran) => {
    const statement = byPlace.get(placeKey(location));
    if (deferred || statement === undefined) return;
    if (!isRead(sql)) {
      hasSkipped = true;
      return;
    }
    const schema = await ran.readSchema();
    for (const [key, own] of words) {
      const [before, after] = [known?.objects.get(key), schema.objects.get(key)];
      if (JSON.stringify(before?.attributes) === JSON.stringify(after?.attributes)) continue;
      makers.set(key, [...(makers.get(key) ?? []), { statement, before, after }]);
      // A statement that was not read after may have made it.
      if (hasSkipped && !saysOneOf(sql, own)) isCertain = false;
    }
    known = schema;
    hasSkipped = false;
  };
  await materialise(source.document, name, shadow, { onRun });
  return { makers, isCertain };
}
