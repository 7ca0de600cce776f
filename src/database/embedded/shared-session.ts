import type { Backend, BackendClient } from "./backend.ts";
import type { AboutMember, Question } from "./messages.ts";

/** What the session says to its clients. */
export interface SharedListener {
  /** Bytes for the client whose turn it is. They count as unread until `read` is called. */
  onData(bytes: Uint8Array): void;
  onMember(message: AboutMember): void;
  /** The engine has stopped. */
  onFailed(error: Error): void;
  /** How long a statement may continue that was interrupted before the engine is killed, in milliseconds. */
  readonly interruptLimit: number;
}

/** PostgreSQL's one session for several clients, which have numbers from 1 on. Nothing here checks whose turn it is. */
export interface SharedSession {
  /** Sends whole messages. @param unit to name in `cancel` */
  send(member: number, bytes: Uint8Array, unit: number): void;
  /** Something about settings, which is possible at any time. The first one of a client must be `admit`. */
  ask(member: number, question: Question): void;
  /** Rolls back what the client has begun and removes what it has in the session. */
  dismiss(member: number): void;
  /** Cancels what a unit still executes. */
  cancel(unit: number): void;
  /** Reports how many bytes the clients have read. */
  read(bytes: number): void;
  /** Ends the session for all clients. Resolves when the engine is idle. */
  end(): Promise<void>;
}

/** The session until `end`. */
export function shareSession(backend: Backend, listener: SharedListener): SharedSession | undefined {
  let isEnding = false;
  let ended: () => void = () => {};
  const whenEnded = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const client: BackendClient = {
    get leaving() {
      return isEnding;
    },
    interruptLimit: listener.interruptLimit,
    onData: (bytes) => listener.onData(bytes),
    onMember: (message) => listener.onMember(message),
    onTaken: () => {},
    onEnded: () => ended(),
    onFailed: (error) => {
      ended();
      listener.onFailed(error);
    },
  };
  const id = backend.open(client, []);
  if (id === undefined) return undefined;
  return {
    send: (member, bytes, unit) => backend.post({ kind: "data", client: id, member, bytes, unit }),
    ask: (member, question) => backend.post({ kind: "ask", client: id, member, question }),
    dismiss: (member) => backend.post({ kind: "dismiss", client: id, member }),
    cancel: (unit) => backend.cancel(unit),
    read: (bytes) => backend.read(bytes),
    end: () => {
      if (!isEnding && backend.failure === undefined) backend.post({ kind: "close", client: id });
      isEnding = true;
      return backend.failure === undefined ? whenEnded : Promise.resolve();
    },
  };
}
