import { keyOf, type ObjectKey } from "../schema/model.ts";

/** OIDs of system catalogs, as pg_depend and pg_description name them; fixed in PostgreSQL's source. */
export const catalogs = {
  attrdef: 2604,
  class: 1259,
  constraint: 2606,
  extension: 3079,
  language: 2612,
  namespace: 2615,
  operatorClass: 2616,
  accessMethod: 2601,
  policy: 3256,
  proc: 1255,
  rewrite: 2618,
  server: 1417,
  trigger: 2620,
  type: 1247,
} as const;

interface Column {
  /** In the form of the reader. */
  readonly name: string;
  readonly typeOid: number;
}

interface Relation {
  /** `schema.table`. */
  readonly name: string;
  readonly key: ObjectKey;
  /** Only its key, for the many columns that depend on nothing but their table. */
  readonly itself: readonly ObjectKey[];
  /** By number. */
  readonly columns: (Column | undefined)[];
  /** Whether its columns are objects. Those of a view are not: its definition contains them. */
  readonly hasColumnObjects: boolean;
}

export interface DependencyRow {
  readonly classId: number;
  readonly oid: number;
  readonly part: number;
  readonly refClassId: number;
  readonly refOid: number;
  readonly refPart: number;
}

export interface CommentRow {
  readonly classId: number;
  readonly oid: number;
  readonly part: number;
  readonly text: string;
}

/** What is known about the rows of one system catalog, by OID. */
interface Facts {
  readonly keys: Map<number, ObjectKey>;
  /** By number of the column, or 0 for the relation. */
  readonly comments: Map<number, Map<number, string>>;
  readonly dependencies: Map<number, DependencyRow[]>;
}

/** The value of a key, created if it is missing. */
function entryOf<Value>(map: Map<number, Value>, key: number, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

const nothing: readonly never[] = [];

/** Names, keys, comments and dependencies for the OIDs of one snapshot. */
export class Registry {
  private readonly relations = new Map<number, Relation>();
  private readonly catalogs = new Map<number, Facts>();

  private facts(classId: number): Facts {
    return entryOf(this.catalogs, classId, () => ({
      keys: new Map(),
      comments: new Map(),
      dependencies: new Map(),
    }));
  }

  addRelation(oid: number, name: string, key: ObjectKey): void {
    const hasColumnObjects = key.startsWith("table ");
    this.relations.set(oid, { name, key, itself: [key], columns: [], hasColumnObjects });
    this.add(catalogs.class, oid, key);
  }

  addColumn(relationOid: number, number: number, name: string, typeOid: number): void {
    const relation = this.relations.get(relationOid);
    if (relation !== undefined) relation.columns[number] = { name, typeOid };
  }

  add(classId: number, oid: number, key: ObjectKey): void {
    this.facts(classId).keys.set(oid, key);
  }

  addComments(rows: readonly CommentRow[]): void {
    for (const { classId, oid, part, text } of rows)
      entryOf(this.facts(classId).comments, oid, () => new Map()).set(part, text);
  }

  addDependencies(rows: readonly DependencyRow[]): void {
    for (const row of rows)
      entryOf<DependencyRow[]>(this.facts(row.classId).dependencies, row.oid, () => []).push(row);
  }

  /** A table or view of the schema; undefined for those of extensions. */
  relation(oid: number): Relation | undefined {
    return this.relations.get(oid);
  }

  /** Names of columns in the order of their numbers. An unknown number is a dropped column. */
  columnNames(relation: number, numbers: readonly number[]): string[] {
    const columns = this.relations.get(relation)?.columns;
    return numbers.map((number) => columns?.[number]?.name ?? `column ${number}`);
  }

  /** The object at an address, which may be a column; for a column of a view, the view. */
  key(classId: number, oid: number, part = 0): ObjectKey | undefined {
    if (part === 0 || classId !== catalogs.class) return this.facts(classId).keys.get(oid);
    const relation = this.relations.get(oid);
    const column = relation?.columns[part];
    if (relation === undefined || column === undefined) return undefined;
    return relation.hasColumnObjects ? keyOf("column", `${relation.name}.${column.name}`) : relation.key;
  }

  /** The OID of the type of a column; undefined for 0, which means an expression. */
  columnType(relation: number, number: number): number | undefined {
    return this.relations.get(relation)?.columns[number]?.typeOid;
  }

  columnKeys(relation: number, numbers: readonly number[]): (ObjectKey | undefined)[] {
    return numbers.filter((number) => number > 0).map((number) => this.key(catalogs.class, relation, number));
  }

  /** What PostgreSQL recorded as dependencies of an object or its parts. */
  uses(classId: number, oid: number, part = 0): readonly (ObjectKey | undefined)[] {
    const rows = this.facts(classId).dependencies.get(oid);
    if (rows === undefined) return nothing;
    return rows
      .filter((row) => row.part === part)
      .map(({ refClassId, refOid, refPart }) => this.key(refClassId, refOid, refPart));
  }

  comment(classId: number, oid: number, part = 0): string | null {
    return this.facts(classId).comments.get(oid)?.get(part) ?? null;
  }
}

/** The dependencies of a part of a relation. */
export function partNeeds(
  own: ObjectKey,
  { key, itself }: Relation,
  others: readonly (ObjectKey | undefined)[],
): readonly ObjectKey[] {
  return others.every((other) => other === undefined) ? itself : needsOf(own, [key, ...others]);
}

/** The dependencies of an object, sorted and without duplicates, itself and objects that are not read. */
export function needsOf(own: ObjectKey, keys: Iterable<ObjectKey | undefined>): readonly ObjectKey[] {
  const found: ObjectKey[] = [];
  for (const key of keys) if (key !== undefined && key !== own && !found.includes(key)) found.push(key);
  return found.sort();
}
