import { sizesSetting } from "../session-sql.ts";
import { CApi } from "./c-api.ts";

/** Where fields are in structures of PostgreSQL 18 for 32 bits (pathnodes.h, rel.h, pg_class.h, pg_list.h). */
const field = {
  /** RelOptInfo */
  indexes: 108,
  pages: 116,
  tuples: 120,
  /** IndexOptInfo */
  index: { oid: 4, pages: 16, tuples: 24 },
  list: { length: 4, elements: 12 },
  /** RelationData: its row of pg_class. */
  row: 48,
  /** Form_pg_class */
  class: { oid: 0, pages: 96, tuples: 100 },
} as const;

/** The sizes of a relation as pg_class has them; undefined for a relation that was never analysed. */
interface StoredSize {
  readonly pages: number;
  readonly tuples: number;
}

/** Lets the planner of a database in memory plan by the sizes in the catalogs, see {@link sizesSetting}. */
export class PlannerSizes {
  private readonly api: CApi;

  constructor(engine: CApi["engine"]) {
    this.api = new CApi(engine);
    this.api.setHook("_get_relation_info_hook", "viiii", (_root, relation = 0, isParent = 0, info = 0) => {
      // The size of a partitioned table is that of its partitions.
      if (isParent === 0 && this.isOn) this.replaceSizes(relation, info);
    });
  }

  private get isOn(): boolean {
    const { api } = this;
    const value = api.withString(sizesSetting, (name) => api.engine["_GetConfigOption"](name, 1, 0));
    return api.string(value) === "on";
  }

  private replaceSizes(relation: number, info: number): void {
    const { api } = this;
    const table = this.storedSize(relation);
    if (table !== undefined) {
      api.setWord(info + field.pages, table.pages);
      api.setDouble(info + field.tuples, table.tuples);
    }
    const list = api.word(info + field.indexes);
    const length = list === 0 ? 0 : api.word(list + field.list.length);
    for (let i = 0; i < length; i++) {
      const index = api.word(api.word(list + field.list.elements) + i * 4);
      const own = this.storedSize(api.word(index + field.index.oid));
      if (own === undefined) continue;
      api.setWord(index + field.index.pages, own.pages);
      api.setDouble(index + field.index.tuples, own.tuples);
    }
  }

  private storedSize(oid: number): StoredSize | undefined {
    const { api } = this;
    const relation: number = api.engine["_RelationIdGetRelation"](oid);
    if (relation === 0) return undefined;
    try {
      const row = api.word(relation + field.row);
      if (api.word(row + field.class.oid) !== oid)
        throw new Error("PostgreSQL's structures are not where they should be");
      const tuples = api.float(row + field.class.tuples);
      return tuples < 0 ? undefined : { pages: api.word(row + field.class.pages), tuples };
    } finally {
      api.engine["_RelationClose"](relation);
    }
  }
}
