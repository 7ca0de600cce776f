import type { PGlite, postgresMod } from "@electric-sql/pglite";
import { interruptHook, newSharedMemory } from "./interruptible.ts";
import { Libraries, type LibraryImports } from "./libraries.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Ending, InterruptFlag } from "./messages.ts";

type Engine = postgresMod.PostgresMod;

interface Imports extends LibraryImports {
  readonly wasi_snapshot_preview1: {
    readonly clock_time_get: (clock: number, precision: bigint, address: number) => number;
  };
}

/** PostgreSQL's functions by their C pointers. */
export interface FunctionTable {
  get(index: number): (address: number) => number;
}

interface Instance {
  readonly exports: {
    readonly _emscripten_timeout: (timer: number, now: number) => void;
    readonly __indirect_function_table: FunctionTable;
  };
}

/**
 * Flags that lead to a FATAL error, by their place after `InterruptPending` (globals.c), and how the client then ends.
 * The program has its own limit for idle clients.
 */
const fatalFlags: readonly (readonly [index: number, ending: Ending | undefined])[] = [
  [2, "terminated"],
  [5, undefined],
  [6, "transaction-timeout"],
  [7, undefined],
];
/** Where globals.c has InterruptHoldoffCount and CritSectionCount, if the flags are where they should be. */
const countsAfterFlags = [11, 13] as const;

/** The start of PostgreSQL's memory, in bytes; the default of PGlite. */
const initialMemory = 128 * 1024 * 1024;

/** Longer than any statement sleeps, in nanoseconds. */
const longSleep = 365n * 86_400n * 1_000_000_000n;

/** setitimer(2) has one timer that PostgreSQL uses. */
const realTimer = 0;

/**
 * The worker's side of interrupts: what the program's thread asks for in shared memory becomes what PostgreSQL's
 * signal handlers would have done. Its own timers need the program's thread also, as this one is busy.
 */
export class Interrupts {
  private readonly mailbox: Mailbox;
  private readonly libraries = new Libraries();
  private engine: Engine | undefined;
  /** Runs PostgreSQL's handler of SIGALRM. */
  private ring: () => void = () => {};
  private table: FunctionTable | undefined;
  /** What is being executed. */
  private unit = 0;

  constructor(mailbox: Mailbox) {
    this.mailbox = mailbox;
  }

  /** Options of PGlite with shared memory and with our functions. */
  options(options: Partial<Engine>): Partial<Engine> {
    const { instantiateWasm: instantiate } = options;
    if (instantiate === undefined) throw new Error("PGlite does not instantiate its module as expected");
    return {
      ...options,
      wasmMemory: newSharedMemory(initialMemory),
      instantiateWasm: (imports: Imports, done: (instance: Instance, module: unknown) => void) =>
        instantiate(this.imports(this.libraries.imports(imports)), (instance: Instance, module: unknown) => {
          this.table = instance.exports.__indirect_function_table;
          this.ring = () => instance.exports._emscripten_timeout(realTimer, performance.now());
          done(instance, module);
        }),
      preRun: [...(options.preRun ?? []), (engine: Engine) => this.libraries.attach(engine)],
    };
  }

  get functions(): FunctionTable {
    if (this.table === undefined) throw new Error("PostgreSQL does not run yet");
    return this.table;
  }

  /** Called with the running engine. Returns the flag that the program's thread sets. */
  attach({ Module }: PGlite): InterruptFlag {
    this.engine = Module;
    const first: number = Module["_InterruptPending"];
    const counts = [Module["_InterruptHoldoffCount"], Module["_CritSectionCount"]];
    if (countsAfterFlags.some((index, i) => first + index * 4 !== counts[i]))
      throw new Error("PostgreSQL's interrupt flags are not where they should be");
    const { buffer: memory } = Module["HEAPU8"];
    return { memory, address: Module["_InterruptPending"] };
  }

  /** PostgreSQL is about to execute a unit: a request to cancel an earlier one is void. */
  begin(unit: number): void {
    if (unit === this.unit) return;
    this.unit = unit;
    this.setFlag("_QueryCancelPending", 0);
  }

  private imports(imports: Imports): Imports {
    const { env, wasi_snapshot_preview1: wasi } = imports;
    return {
      ...imports,
      env: {
        ...env,
        [interruptHook]: () => this.interrupted(),
        _setitimer_js: (_timer: number, delay: number) => {
          this.mailbox.setAlarm(delay);
          return 0;
        },
      },
      wasi_snapshot_preview1: {
        ...wasi,
        // A sleep asks for the time again and again until its end, so an interrupt says that it is over.
        clock_time_get: (clock: number, precision: bigint, address: number) => {
          const failure = wasi.clock_time_get(clock, precision, address);
          if (this.mailbox.isInterrupted) this.addTime(address);
          return failure;
        },
      },
    };
  }

  private addTime(address: number): void {
    const memory = new DataView(this.engine?.["HEAPU8"].buffer);
    memory.setBigUint64(address, memory.getBigUint64(address, true) + longSleep, true);
  }

  private interrupted(): void {
    this.mailbox.takeInterrupts();
    if (this.mailbox.takeAlarm()) this.ring();
    this.dropFatal();
    if (this.mailbox.takeCancel(this.unit)) this.setFlag("_QueryCancelPending", 1);
  }

  /** What would end a server's backend ends the engine: the program ends the client instead. */
  private dropFatal(): void {
    const { engine } = this;
    if (engine === undefined) return;
    const memory = new Int32Array(engine["HEAPU8"].buffer);
    const first = engine["_InterruptPending"] / 4;
    for (const [index, ending] of fatalFlags) {
      if (memory[first + index] === 0) continue;
      memory[first + index] = 0;
      if (ending !== undefined) this.mailbox.send({ kind: "end-member", ending });
    }
  }

  private setFlag(name: string, value: number): void {
    const address = this.engine?.[name];
    if (this.engine !== undefined) new Int32Array(this.engine["HEAPU8"].buffer)[address / 4] = value;
  }
}
