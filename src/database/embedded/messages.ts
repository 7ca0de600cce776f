/**
 * The messages between the program's thread and the worker thread of one embedded database, and their shared memory.
 * PostgreSQL runs in the worker: a long statement does not block the event loop, two databases run side by side, and
 * an instance that hangs can be ended.
 */

/** How the worker is started. */
export interface WorkerSettings {
  /** Data directory; null for a database in memory. */
  readonly directory: string | null;
  readonly database: string;
  /** Path of the prepared image, for a database in memory. */
  readonly image: string;
  /** Path of the file that contains the rest of the thread's program. */
  readonly worker: string;
  /** See {@link slot}. */
  readonly shared: SharedArrayBuffer;
}

export type ToWorker =
  /** The first message: V8's options are set, and the rest of the thread's program can be loaded. */
  | { readonly kind: "load" }
  /** The compiled engine; the second message. */
  | { readonly kind: "module"; readonly module: WebAssembly.Module }
  /** A client connects. `settings` are the parameters of its startup packet. */
  | {
      readonly kind: "open";
      readonly client: number;
      readonly settings: readonly (readonly [string, string])[];
    }
  /** Bytes from the client. Answered by `taken`. `unit` is what a request to cancel refers to. */
  | {
      readonly kind: "data";
      readonly client: number;
      readonly bytes: Uint8Array;
      readonly unit: number;
      /** Which of several clients that share the session; the bytes are whole messages. */
      readonly member?: number;
    }
  /** Something about the settings of a client that shares the session, which need no turn. Answered by `answer`. */
  | { readonly kind: "ask"; readonly client: number; readonly member: number; readonly question: Question }
  /** A client no longer shares the session: rolls its transaction back. Answered by `dismissed`. */
  | { readonly kind: "dismiss"; readonly client: number; readonly member: number }
  /** The client has disconnected, with or without a Terminate message. */
  | { readonly kind: "close"; readonly client: number }
  /** Save the state, or return to it. Only without a client. Answered by `kept`. */
  | { readonly kind: "save" | "restore"; readonly snapshot: string }
  /** Shut PostgreSQL down. Answered by `stopping`, then `stopped`. */
  | { readonly kind: "shutdown" };

/** What a client can be told at any time, even while another one is in a transaction. */
export type Question =
  /** One more client shares the session, with these settings. */
  | { readonly kind: "admit"; readonly settings: readonly (readonly [string, string])[] }
  | { readonly kind: "set"; readonly name: string; readonly value: string }
  | { readonly kind: "show"; readonly name: string };

export type Answer =
  | {
      readonly kind: "settings";
      /** Names and values, as ParameterStatus reports them. */
      readonly reported: readonly (readonly [string, string])[];
      /** The result of SHOW. */
      readonly shown: string;
      readonly limits: MemberLimits;
    }
  | { readonly kind: "refused"; readonly sqlState: string; readonly message: string };

/** Limits of one of several clients, which only the program can enforce; in milliseconds, 0 for none. */
export interface MemberLimits {
  readonly lockTimeout: number;
  readonly idleInTransaction: number;
}

/** Why PostgreSQL would end a backend. */
export type Ending = "terminated" | "transaction-timeout";

/** PostgreSQL's `InterruptPending`: its memory, and the flag's address. */
export interface InterruptFlag {
  readonly memory: SharedArrayBuffer;
  readonly address: number;
}

export type FromWorker =
  /** The thread runs; it waits for `load`. */
  | { readonly kind: "booted" }
  | { readonly kind: "ready"; readonly flag: InterruptFlag }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "data"; readonly client: number; readonly bytes: Uint8Array }
  | { readonly kind: "taken"; readonly client: number }
  /** PostgreSQL wants an alarm after some milliseconds; an earlier one is void. */
  | { readonly kind: "alarm"; readonly alarm: number; readonly delay: number }
  | { readonly kind: "dismissed"; readonly member: number }
  | { readonly kind: "answer"; readonly member: number; readonly answer: Answer }
  /** A client has released an advisory lock. */
  | { readonly kind: "lock-released" }
  /** Limits of a client, after each change. */
  | { readonly kind: "limits"; readonly member: number; readonly limits: MemberLimits }
  /** The client whose turn it is must end. */
  | { readonly kind: "end-member"; readonly ending: Ending }
  /** The backend has ended the connection. */
  | { readonly kind: "ended"; readonly client: number }
  /** The state was saved or restored. */
  | { readonly kind: "kept" }
  | { readonly kind: "stopping" }
  | { readonly kind: "stopped" };

/** What the worker says about one of several clients that share the session. */
export type AboutMember = Extract<
  FromWorker,
  { readonly kind: "dismissed" | "answer" | "lock-released" | "limits" | "end-member" }
>;

/** Numbers of the 32-bit cells in the shared memory. */
export const slot = {
  /** Counts the messages to the worker, which sleeps until it changes. */
  inbox: 0,
  /** Bytes on their way to the client; above a limit the worker waits. */
  unread: 1,
  /** The unit to cancel. */
  cancelled: 2,
  /** The number of the alarm that PostgreSQL waits for. */
  alarm: 3,
  /** The number of the alarm whose time has come. */
  due: 4,
  /** Counts interrupts. */
  interrupts: 5,
  /** The interrupts that PostgreSQL has asked about. */
  taken: 6,
  /** 1 while the worker waits for a message. */
  waits: 7,
} as const;

export const sharedBytes = 32;
