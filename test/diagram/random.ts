import type { Diagram, Reference, Table } from "../../src/diagram/model.ts";

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const words = [
  "user",
  "order_line",
  "価格表",
  "a",
  "audit_log_of_everything",
  "Ünïcode",
  "x y",
  "team",
  "문서",
];

/** Any schema: cycles, loops, several references between the same tables, tables without any, stubs. */
export function randomDiagram(seed: number, size: number): Diagram {
  const next = numbers(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  const tables = Array.from({ length: size }, (_, i): Table => {
    const isStub = next() < 0.1;
    const columns = Array.from({ length: 1 + below(5) }, (__, c) => ({
      name: `c${c}`,
      type: next() < 0.5 ? "uuid" : "varchar(255)",
      nullable: next() < 0.4,
      roles: c === 0 ? (["PK"] as const) : next() < 0.5 ? (["FK"] as const) : [],
      change: undefined,
    }));
    return {
      id: `t${i}`,
      database: "any",
      name: `${words[below(words.length)]}${i}`,
      columns: isStub ? [] : columns,
      partitions: next() < 0.1 ? below(4) : undefined,
      stubOf: isStub ? "elsewhere" : undefined,
      change: undefined,
    };
  });
  const own = tables.filter(({ stubOf }) => stubOf === undefined);
  const references = Array.from({ length: own.length === 0 ? 0 : below(size * 2) }, (_, i): Reference => {
    const from = own[below(own.length)] ?? tables[0];
    const to = tables[below(tables.length)];
    return {
      id: `r${i}`,
      from: from?.id ?? "",
      to: to?.id ?? "",
      columns: [`c${below(5)}`],
      optional: next() < 0.3,
      unique: next() < 0.2,
      logical: next() < 0.2 || to?.stubOf !== undefined,
      change: undefined,
    };
  });
  return { database: "any", title: "any", tables, references };
}
