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
  /** By number. */
  readonly columns: Map<number, Column>;
  /** Whether its columns are objects: those of a view are not, its definition says them. */
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

/** What stands behind the OIDs of one snapshot: names, keys, comments and dependencies. */
export class Registry {
  private readonly relations = new Map<number, Relation>();
  private readonly keys = new Map<number, ObjectKey>();
  private readonly comments = new Map<number, string>();
  private readonly dependencies = new Map<number, DependencyRow[]>();

  private readonly slots = new Map<number, number>();

  /** Catalog, object and part in one number: OIDs have 32 bits, numbers of columns 11, and there are some 70 catalogs. */
  private address(classId: number, oid: number, part: number): number {
    let slot = this.slots.get(classId);
    if (slot === undefined) {
      slot = this.slots.size;
      this.slots.set(classId, slot);
    }
    return slot * 2 ** 43 + oid * 2 ** 11 + part;
  }

  addRelation(oid: number, name: string, key: ObjectKey): void {
    const hasColumnObjects = key.startsWith("table ");
    this.relations.set(oid, { name, key, columns: new Map(), hasColumnObjects });
    this.add(catalogs.class, oid, key);
  }

  addColumn(relation: number, number: number, column: Column): void {
    this.relations.get(relation)?.columns.set(number, column);
  }

  add(classId: number, oid: number, key: ObjectKey): void {
    this.keys.set(this.address(classId, oid, 0), key);
  }

  addComments(rows: readonly CommentRow[]): void {
    for (const { classId, oid, part, text } of rows)
      this.comments.set(this.address(classId, oid, part), text);
  }

  addDependencies(rows: readonly DependencyRow[]): void {
    for (const row of rows) {
      const user = this.address(row.classId, row.oid, row.part);
      const known = this.dependencies.get(user);
      if (known === undefined) this.dependencies.set(user, [row]);
      else known.push(row);
    }
  }

  /** A table or view that is ours; undefined for those of extensions, and foreign tables. */
  relation(oid: number): Relation | undefined {
    return this.relations.get(oid);
  }

  /** Names of columns in the order of their numbers; a number that is unknown here is a column that was dropped. */
  columnNames(relation: number, numbers: readonly number[]): string[] {
    const columns = this.relations.get(relation)?.columns;
    return numbers.map((number) => columns?.get(number)?.name ?? `column ${number}`);
  }

  /** The object behind an address, of which a column can be a part; of a view, the view. */
  key(classId: number, oid: number, part = 0): ObjectKey | undefined {
    if (part === 0 || classId !== catalogs.class) return this.keys.get(this.address(classId, oid, 0));
    const relation = this.relations.get(oid);
    const column = relation?.columns.get(part);
    if (relation === undefined || column === undefined || !relation.hasColumnObjects) return relation?.key;
    return keyOf("column", `${relation.name}.${column.name}`);
  }

  /** The OID of the type of a column; undefined for 0, which stands for an expression. */
  columnType(relation: number, number: number): number | undefined {
    return this.relations.get(relation)?.columns.get(number)?.typeOid;
  }

  columnKeys(relation: number, numbers: readonly number[]): (ObjectKey | undefined)[] {
    return numbers.filter((number) => number > 0).map((number) => this.key(catalogs.class, relation, number));
  }

  /** What PostgreSQL recorded as used by an object. */
  uses(classId: number, oid: number, part = 0): (ObjectKey | undefined)[] {
    const rows = this.dependencies.get(this.address(classId, oid, part)) ?? [];
    return rows.map(({ refClassId, refOid, refPart }) => this.key(refClassId, refOid, refPart));
  }

  comment(classId: number, oid: number, part = 0): string | null {
    return this.comments.get(this.address(classId, oid, part)) ?? null;
  }
}

/** The needs of an object: without what is not ours, itself and repetitions, sorted. */
export function needsOf(own: ObjectKey, keys: Iterable<ObjectKey | undefined>): readonly ObjectKey[] {
  const found: ObjectKey[] = [];
  for (const key of keys) if (key !== undefined && key !== own && !found.includes(key)) found.push(key);
  return found.sort();
}
