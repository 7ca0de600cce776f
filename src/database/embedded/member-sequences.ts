import { type Call, replaceBuiltin } from "./builtins.ts";
import type { CApi } from "./c-api.ts";
import type { FunctionTable } from "./interrupts.ts";

/** The values of sequences that one client has taken. */
export class MemberSequences {
  /** By the oid of the sequence. */
  readonly values = new Map<number, bigint>();
  /** The sequence of its last nextval. */
  last: number | undefined;

  clear(): void {
    this.values.clear();
    this.last = undefined;
  }
}

/**
 * Makes `currval` and `lastval` return what the current client has taken, not the session.
 * @param current the current client's values; undefined while the session is not shared
 */
export function replaceSequences(
  api: CApi,
  functions: FunctionTable,
  current: () => MemberSequences | undefined,
): void {
  const replace = (
    oid: number,
    name: string,
    count: number,
    use: (own: MemberSequences, call: Call, original: () => number) => number,
  ) =>
    replaceBuiltin(api, functions, { oid, name, arguments: count, strict: true }, (call, original) => {
      const own = current();
      return own === undefined ? original() : use(own, call, original);
    });
  replace(1574, "nextval_oid", 1, (own, call, original) => {
    const result = original();
    own.values.set(call.word(0), api.long(result));
    own.last = call.word(0);
    return result;
  });
  replace(1576, "setval_oid", 2, (own, call, original) => {
    const result = original();
    own.values.set(call.word(0), call.long(1));
    return result;
  });
  replace(1575, "currval_oid", 1, (own, call) => {
    const sequence = call.word(0);
    const value = own.values.get(sequence);
    if (value !== undefined) return call.newLong(value);
    const name = api.string(api.engine["_get_rel_name"](sequence)) ?? String(sequence);
    return api.raise("55000", `currval of sequence "${name}" is not yet defined in this session`);
  });
  replace(2559, "lastval", 0, (own, call) => {
    const value = own.values.get(own.last ?? 0);
    return value === undefined
      ? api.raise("55000", "lastval is not yet defined in this session")
      : call.newLong(value);
  });
}
