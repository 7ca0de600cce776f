import { type Builtin, builtinFunction } from "./builtins.ts";
import type { CApi } from "./c-api.ts";
import { readEngine } from "./engine-file.ts";
import { functionBody } from "./webassembly-module.ts";
import { WebAssemblyReader } from "./webassembly-reader.ts";

const lastval: Builtin = { oid: 2559, name: "lastval", arguments: 0, strict: true };

/** `i32.const` and `i32.load` with alignment 2 and offset 0, as lastval reads `last_used_seq` first of all. */
const constant = 0x41;
const load = [0x28, 2, 0];

/** What one of several clients has of sequence.c: `seqhashtab`, its values by sequence, and `last_used_seq`. */
export class MemberSequences {
  table = 0;
  last = 0;
}

/**
 * Gives each client its own values of sequences, as nextval, setval, identity columns and defaults leave them for currval
 * and lastval: PostgreSQL finds them through two static variables, which are exchanged with the client.
 */
export class SequenceSwitch {
  readonly #api: CApi;
  /** The address of `last_used_seq`; `seqhashtab` follows it. */
  readonly #last: number;
  readonly #table: number;
  #current = new MemberSequences();

  /** @throws Error when the engine's lastval does not begin as expected */
  constructor(api: CApi) {
    this.#api = api;
    this.#last = lastUsedSequence(functionBody(readEngine(), builtinFunction(api, lastval)));
    this.#table = this.#last + 4;
  }

  enter(next: MemberSequences): void {
    const api = this.#api;
    this.#current.table = api.word(this.#table);
    this.#current.last = api.word(this.#last);
    api.setWord(this.#table, next.table);
    api.setWord(this.#last, next.last);
    this.#current = next;
  }

  /** Forgets the values of the current client, as `ResetSequenceCaches` does. */
  discard(): void {
    const table = this.#api.word(this.#table);
    if (table !== 0) this.#api.engine["_hash_destroy"](table);
    this.#api.setWord(this.#table, 0);
    this.#api.setWord(this.#last, 0);
  }
}

function lastUsedSequence(body: Uint8Array): number {
  for (let at = 0; at < body.length; at++) {
    if (body[at] !== constant) continue;
    const reader = new WebAssemblyReader(body, at + 1);
    const address = reader.number();
    // The other constant is the size of a stack frame, not an address.
    if (load.every((byte, index) => body[reader.at + index] === byte)) return address;
  }
  throw new Error("the engine's lastval does not read last_used_seq");
}
