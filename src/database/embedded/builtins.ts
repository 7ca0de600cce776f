import type { CApi } from "./c-api.ts";

/** An entry of `fmgr_builtins`: oid, number of arguments, whether strict, whether a set; then name and function. */
const entry = { name: 8, function: 12 } as const;
/** FunctionCallInfoBaseData: whether the result is null, and the arguments. */
const call = { isNull: 16, values: 20, size: 8 } as const;

/** A built-in SQL function as C sees it. */
export interface Builtin {
  readonly oid: number;
  readonly name: string;
  readonly arguments: number;
  readonly strict: boolean;
}

/** What a replacement can do with its call. */
export class Call {
  private readonly api: CApi;
  private readonly address: number;

  constructor(api: CApi, address: number) {
    this.api = api;
    this.address = address;
  }

  /** An argument as the machine word of a Datum. */
  word(index: number): number {
    return this.api.word(this.address + call.values + index * call.size);
  }

  isNull(index: number): boolean {
    return this.api.byte(this.address + call.values + index * call.size + 4) !== 0;
  }

  /** An argument of type bigint, which is passed by reference. */
  long(index: number): bigint {
    return this.api.long(this.word(index));
  }

  /** An argument of type text, as constants and short values are: neither compressed nor out of line. */
  text(index: number): string {
    const at = this.word(index);
    const first = this.api.byte(at);
    const [start, length] =
      (first & 1) === 1 ? [at + 1, (first >> 1) - 1] : [at + 4, (this.api.word(at) >>> 2) - 4];
    return Buffer.from(this.api.engine["HEAPU8"].slice(start, start + length)).toString("utf8");
  }

  /** The result NULL. */
  null(): number {
    this.api.engine["HEAPU8"][this.address + call.isNull] = 1;
    return 0;
  }

  /** A result of type bigint. */
  newLong(value: bigint): number {
    const { engine } = this.api;
    const at: number = engine["_palloc"](8);
    new DataView(engine["HEAPU8"].buffer).setBigInt64(at, value, true);
    return at;
  }
}

/** A replacement; `original` continues with PostgreSQL's function. */
export type Replacement = (call: Call, original: () => number) => number;

/**
 * Replaces built-in SQL functions: PostgreSQL finds them in a table by their oid.
 * @throws Error when the table does not have the function
 */
export function replaceBuiltin(
  api: CApi,
  functions: { get(index: number): (address: number) => number },
  builtin: Builtin,
  replacement: Replacement,
): void {
  const at = findEntry(api, builtin);
  const original = functions.get(api.word(at + entry.function));
  const address = api.engine["addFunction"](
    (info: number) => replacement(new Call(api, info), () => original(info)),
    "ii",
  );
  api.setWord(at + entry.function, address);
}

/**
 * The index of a built-in SQL function in the table of functions.
 * @throws Error when PostgreSQL's table does not have it
 */
export function builtinFunction(api: CApi, builtin: Builtin): number {
  return api.word(findEntry(api, builtin) + entry.function);
}

function findEntry(api: CApi, { oid, name, arguments: count, strict }: Builtin): number {
  const memory = Buffer.from(api.engine["HEAPU8"].buffer);
  const wanted = Buffer.from([oid & 255, oid >> 8, 0, 0, count, 0, strict ? 1 : 0, 0]);
  for (let at = memory.indexOf(wanted); at >= 0; at = memory.indexOf(wanted, at + 1)) {
    if (at % 4 !== 0) continue;
    const text = api.word(at + entry.name);
    if (
      text > 0 &&
      text < memory.length &&
      memory.toString("latin1", text, text + name.length + 1) === `${name}\0`
    )
      return at;
  }
  throw new Error(`the engine has no function ${name}`);
}
