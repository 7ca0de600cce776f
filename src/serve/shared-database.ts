import type { Duplex } from "node:stream";
import type { EmbeddedEngine } from "../database/embedded/engine.ts";
export interface SharedDatabase {
  connect(): Duplex;
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
export function shareDatabase(engine: EmbeddedEngine, _options: { database: string }): SharedDatabase {
  let last: Duplex | undefined;
  return {
    connect: () => (last = engine.connect()),
    exclusively: async (work) => {
      last?.destroy();
      return work();
    },
    close: async () => {},
  };
}
