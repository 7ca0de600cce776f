import { type Call, replaceBuiltin } from "./builtins.ts";
import type { CApi } from "./c-api.ts";
import type { FunctionTable } from "./interrupts.ts";

/** Values of sequences for one of several clients, by the oid of the sequence, as its own nextval returned them. */
export class MemberSequences {
  private readonly values = new Map<number, bigint>();
  private lastSequence: number | undefined;

  value(sequence: number): bigint | undefined {
    return this.values.get(sequence);
  }

  /** What lastval returns. */
  get last(): bigint | undefined {
    return this.values.get(this.lastSequence ?? 0);
  }

  note(sequence: number, value: bigint, isLast = true): void {
    this.values.set(sequence, value);
    if (isLast) this.lastSequence = sequence;
  }

  clear(): void {
    this.values.clear();
    this.lastSequence = undefined;
  }
}

/**
 * Lets currval and lastval return the values of the client whose statement runs.
 * @param current returns that client's values; undefined if the session is not shared
 */
export function replaceSequenceFunctions(
  api: CApi,
  functions: FunctionTable,
  current: () => MemberSequences | undefined,
): void {
  const replace = (
    oid: number,
    name: string,
    count: number,
    use: (call: Call, sequences: MemberSequences, original: () => number) => number,
  ) =>
    replaceBuiltin(api, functions, { oid, name, arguments: count, strict: true }, (call, original) => {
      const sequences = current();
      return sequences === undefined ? original() : use(call, sequences, original);
    });
  replace(1574, "nextval_oid", 1, (call, sequences, original) => {
    const result = original();
    sequences.note(call.word(0), api.long(result));
    return result;
  });
  replace(1576, "setval_oid", 2, (call, sequences, original) => {
    const result = original();
    sequences.note(call.word(0), call.long(1), false);
    return result;
  });
  replace(1575, "currval_oid", 1, (call, sequences) => {
    const sequence = call.word(0);
    const value = sequences.value(sequence);
    if (value !== undefined) return call.newLong(value);
    const name = api.string(api.engine["_get_rel_name"](sequence)) ?? String(sequence);
    return api.raise("55000", `currval of sequence "${name}" is not yet defined in this session`);
  });
  replace(2559, "lastval", 0, (call, sequences) => {
    const value = sequences.last;
    return value === undefined
      ? api.raise("55000", "lastval is not yet defined in this session")
      : call.newLong(value);
  });
}
