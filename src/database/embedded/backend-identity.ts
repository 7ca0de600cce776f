import type { CApi } from "./c-api.ts";

/** PgBackendStatus: where the upper half of the start time and the database are, after the pid. */
const startAfterPid = 16;
const databaseAfterPid = 44;
/** The upper half of a time in this century. */
const longAgo = 100_000;
/** How much of PGPROC is searched for its pid, which follows that of its latch. */
const searched = 64;

/**
 * The pid that PostgreSQL's views show. Each client of a shared session has its own, so that `pg_locks`,
 * `pg_stat_activity` and `pg_backend_pid()` agree with what it was told while connecting. Latches keep the real one.
 */
export class BackendIdentity {
  private readonly api: CApi;
  private readonly addresses: readonly number[];
  private readonly original: number;

  /** @throws Error when PostgreSQL's structures are not as expected */
  constructor(api: CApi) {
    this.api = api;
    const { engine } = api;
    this.original = api.word(engine["_MyProcPid"]);
    const memory = new Int32Array(engine["HEAPU8"].buffer);
    const database = api.word(engine["_MyDatabaseId"]);
    const entries = allIndexesOf(memory, this.original).filter(
      (index) =>
        (memory[index + startAfterPid / 4] ?? 0) > longAgo &&
        memory[index + databaseAfterPid / 4] === database,
    );
    const own = api.word(engine["_MyProc"]) / 4;
    const inProc = allIndexesOf(memory.subarray(own, own + searched / 4), this.original);
    if (entries.length !== 1 || inProc.length !== 2)
      throw new Error(`PostgreSQL has ${entries.length} entries of its backend and ${inProc.length} pids`);
    this.addresses = [(entries[0] ?? 0) * 4, (own + (inProc[1] ?? 0)) * 4];
  }

  /** Shows a pid; undefined for PostgreSQL's own. */
  show(pid: number = this.original): void {
    for (const address of this.addresses) this.api.setWord(address, pid);
  }
}

function allIndexesOf(memory: Int32Array, value: number): number[] {
  const found: number[] = [];
  for (let at = memory.indexOf(value); at >= 0; at = memory.indexOf(value, at + 1)) found.push(at);
  return found;
}
