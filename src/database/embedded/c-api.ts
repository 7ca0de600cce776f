import type { PGlite } from "@electric-sql/pglite";

type Engine = PGlite["Module"];

/** elog.h */
const errorLevel = 21;
const warningLevel = 19;

/** PostgreSQL's C functions, called from the worker with JavaScript's values. */
export class CApi {
  readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  byte(address: number): number {
    return this.engine["HEAPU8"][address] ?? 0;
  }

  word(address: number): number {
    return this.view().getUint32(address, true);
  }

  setWord(address: number, value: number): void {
    this.view().setUint32(address, value, true);
  }

  float(address: number): number {
    return this.view().getFloat32(address, true);
  }

  setDouble(address: number, value: number): void {
    this.view().setFloat64(address, value, true);
  }

  long(address: number): bigint {
    return this.view().getBigInt64(address, true);
  }

  /** A C string; undefined for a null pointer. */
  string(address: number): string | undefined {
    if (address === 0) return undefined;
    const bytes: Uint8Array = this.engine["HEAPU8"];
    return Buffer.from(bytes.slice(address, bytes.indexOf(0, address))).toString("utf8");
  }

  /** Calls `use` with a C string, which exists during the call only. */
  withString<T>(text: string, use: (address: number) => T): T {
    const address: number = this.engine["stringToNewUTF8"](text);
    try {
      return use(address);
    } finally {
      this.engine["_free"](address);
    }
  }

  /** A C string in PostgreSQL's current memory context. */
  newString(text: string): number {
    return this.withString(text, (address) => this.engine["_pstrdup"](address));
  }

  /** The name of a utility statement's command tag, such as `CREATE TABLE`. */
  commandTag(node: number): string {
    return this.string(this.engine["_GetCommandTagName"](this.engine["_CreateCommandTag"](node))) ?? "";
  }

  /** Puts a function of ours where PostgreSQL has a pointer to one of its hooks. */
  setHook(name: string, signature: string, hook: (...values: number[]) => void): void {
    this.setWord(this.engine[name], this.engine["addFunction"](hook, signature));
  }

  /** Sends a WARNING to the client. */
  warn(sqlState: string, text: string): void {
    this.report(warningLevel, sqlState, text);
  }

  /** Raises an ERROR: leaves the calling functions, as `ereport` does. */
  raise(sqlState: string, text: string, hint?: string): never {
    this.report(errorLevel, sqlState, text, hint);
    throw new Error("errfinish returned");
  }

  private report(level: number, sqlState: string, text: string, hint?: string): void {
    const { engine } = this;
    if (engine["_errstart"](level, 0) === 0) return;
    engine["_errcode"](packSqlState(sqlState));
    this.withString(text.replaceAll("%", "%%"), (address) => engine["_errmsg_internal"](address, 0));
    if (hint !== undefined)
      this.withString(hint.replaceAll("%", "%%"), (address) => engine["_errhint"](address, 0));
    engine["_errfinish"](0, 0, 0);
  }

  private view(): DataView {
    const { buffer, byteOffset, byteLength } = this.engine["HEAPU8"];
    return new DataView(buffer, byteOffset, byteLength);
  }
}

/** MAKE_SQLSTATE of elog.h: six bits for each character. */
function packSqlState(text: string): number {
  return Array.from(text).reduce(
    (sum, letter, i) => sum + (((letter.charCodeAt(0) - 48) & 63) << (6 * i)),
    0,
  );
}
