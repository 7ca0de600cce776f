import type { CApi } from "./c-api.ts";
import { changesDatabaseSettings } from "./database-settings.ts";

/** Where fields are in PostgreSQL's nodes (parsenodes.h, plannodes.h) of version 18 for 32 bits. */
const field = {
  plannedUtility: 88,
  queryUtility: 28,
  /** The name of PREPARE, EXECUTE and DEALLOCATE; the inner query of EXPLAIN and CREATE TABLE AS. */
  first: 4,
  intoOfTable: 8,
  persistence: 17,
  schema: 8,
  cursorOptions: 8,
  deallocateAll: 8,
  settingKind: 4,
  settingName: 8,
  settingIsLocal: 17,
} as const;

const holdOption = 0x20;
const settingKind = { multiple: 3, reset: 4, default: 1, resetAll: 5 } as const;
const discard = { all: 0, plans: 1, sequences: 2, temp: 3 } as const;

/** What the hooks need to know about the client whose turn it is, and tell about it. */
export interface UtilityListener {
  /** Whether several clients share the session now. */
  readonly isShared: boolean;
  statementName(name: string): string;
  changingSetting(name: string): void;
  changingDatabase(): void;
  isForeignSetting(name: string): boolean;
  deallocateAll(): void;
  discardSequences(): void;
  discardLocks(): void;
  resetSettings(): void;
}

/** Statements whose effect would reach the other clients of the session, with what to use instead. */
const refused: ReadonlyMap<string, string> = new Map([
  ["LISTEN", "Poll a table instead, or use a PostgreSQL server."],
  ["PREPARE TRANSACTION", "Use COMMIT."],
  ["CREATE DATABASE", "Use a schema in this database."],
  ["DROP DATABASE", "Stop the program and remove the folder of the database."],
  ["ALTER SYSTEM", "Use SET, or ALTER DATABASE … SET."],
]);

/** Statements that create a relation: where in their node the relation's name is. */
const creating: ReadonlyMap<string, (api: CApi, node: number) => number> = new Map([
  ["CREATE TABLE", (api, node) => api.word(node + field.first)],
  ["CREATE SEQUENCE", (api, node) => api.word(node + field.first)],
  ["CREATE VIEW", (api, node) => api.word(node + field.first)],
  ["CREATE TABLE AS", intoRelation],
  ["SELECT INTO", intoRelation],
]);

function intoRelation(api: CApi, node: number): number {
  const into = api.word(node + field.intoOfTable);
  return into === 0 ? 0 : api.word(into + field.first);
}

/** Keeps utility statements of one client from reaching the others, in functions also. */
export class UtilityHooks {
  private readonly api: CApi;
  private readonly listener: UtilityListener;

  constructor(api: CApi, listener: UtilityListener) {
    this.api = api;
    this.listener = listener;
    api.setHook("_ProcessUtility_hook", "viiiiiiii", (...values) => this.process(values));
    api.setHook("_post_parse_analyze_hook", "viii", (_state = 0, query = 0) => this.analyzed(query));
  }

  /** The names of prepared statements are resolved while a statement is analyzed. */
  private analyzed(query: number): void {
    if (this.listener.isShared) this.rename(this.api.word(query + field.queryUtility));
  }

  private rename(node: number): void {
    if (node === 0) return;
    const { api, listener } = this;
    const tag = api.commandTag(node);
    if (tag === "PREPARE" || tag === "EXECUTE" || tag === "DEALLOCATE") {
      const name = api.string(api.word(node + field.first));
      if (name !== undefined) api.setWord(node + field.first, api.newString(listener.statementName(name)));
    } else if (tag === "EXPLAIN" || tag === "CREATE TABLE AS") {
      this.rename(api.word(api.word(node + field.first) + field.queryUtility));
    }
  }

  private process(values: readonly number[]): void {
    const { api, listener } = this;
    const [planned = 0] = values;
    const node = api.word(planned + field.plannedUtility);
    const proceed = () => api.engine["_standard_ProcessUtility"](...values);
    if (!listener.isShared) {
      proceed();
      return;
    }
    const tag = api.commandTag(node);
    this.refuse(tag, node);
    if (tag === "DEALLOCATE ALL") {
      listener.deallocateAll();
    } else if (tag.startsWith("DISCARD")) {
      this.discard(node, proceed);
    } else {
      if (changesDatabaseSettings.has(tag)) listener.changingDatabase();
      if (tag === "SET" || tag === "RESET") this.changing(node);
      if (tag === "SHOW") this.showing(node);
      proceed();
    }
  }

  private refuse(tag: string, node: number): void {
    const { api } = this;
    const hint = refused.get(tag);
    if (hint !== undefined) notSupported(api, tag, hint);
    const relation = creating.get(tag)?.(api, node) ?? 0;
    if (relation !== 0 && isTemporary(api, relation))
      notSupported(api, "temporary tables", "Use an ordinary or UNLOGGED table and drop it afterwards.");
    if (tag === "DECLARE CURSOR" && (api.word(node + field.cursorOptions) & holdOption) !== 0)
      notSupported(api, "cursors WITH HOLD", "Declare the cursor WITHOUT HOLD in a transaction.");
  }

  private changing(node: number): void {
    const { api, listener } = this;
    const kind = api.word(node + field.settingKind);
    const name = api.string(api.word(node + field.settingName))?.toLowerCase();
    if (kind === settingKind.multiple) {
      for (const setting of ["isolation", "read_only", "deferrable"])
        listener.changingSetting(`default_transaction_${setting}`);
    } else if (name !== undefined) {
      const returns = kind === settingKind.default || kind === settingKind.reset;
      if (!returns && api.byte(node + field.settingIsLocal) === 0) refuseRole(api, name);
      if (name !== "role" && name !== "session_authorization") listener.changingSetting(name);
    }
  }

  private showing(node: number): void {
    const name = this.api.string(this.api.word(node + field.first));
    if (name !== undefined && this.listener.isForeignSetting(name)) unknownSetting(this.api, name);
  }

  /** What belongs to the session is discarded for one client only. */
  private discard(node: number, proceed: () => void): void {
    const { api, listener } = this;
    const target = api.word(node + field.first);
    if (target === discard.all) {
      api.withString("DISCARD ALL", (text) => api.engine["_PreventInTransactionBlock"](1, text));
      listener.deallocateAll();
      listener.discardSequences();
      listener.discardLocks();
      listener.resetSettings();
    } else if (target === discard.sequences) {
      listener.discardSequences();
    } else {
      proceed();
    }
  }
}

/** @throws nothing for other names; else it raises an ERROR */
export function refuseRole(api: CApi, name: string): void {
  if (name === "role" || name === "session_authorization")
    notSupported(api, "SET ROLE and SET SESSION AUTHORIZATION", "Use SET LOCAL ROLE in a transaction.");
}

export function unknownSetting(api: CApi, name: string): never {
  return api.raise("42704", `unrecognized configuration parameter "${name}"`);
}

export function notSupported(api: CApi, what: string, hint: string): never {
  return api.raise("0A000", `${what}: not supported, as all clients share one session`, hint);
}

function isTemporary(api: CApi, relation: number): boolean {
  const schema = api.string(api.word(relation + field.schema));
  return api.byte(relation + field.persistence) === 0x74 || schema === "pg_temp";
}
