import type { ProxyHooks, Tap } from "../../runner/proxy.ts";

/** Splits a stream of PostgreSQL's messages into whole ones (manual, section 53.2.1). */
function assembler(first: "start-up" | "typed"): (data: Buffer) => Buffer[] {
  let held = Buffer.alloc(0);
  let type = first === "start-up" ? 0 : 1;
  return (data) => {
    held = Buffer.concat([held, data]);
    const whole: Buffer[] = [];
    for (;;) {
      if (held.length < type + 4) return whole;
      const length = type + held.readUInt32BE(type);
      if (held.length < length) return whole;
      whole.push(held.subarray(0, length));
      held = held.subarray(length);
      type = 1;
    }
  };
}

export interface MessageHooks {
  /** Called with each SQL text of the client; returns false to drop it. */
  onQuery?(sql: string, tap: Tap): boolean;
  /** Called after the server's complete answer to a message; returns false to drop the answer. */
  onAnswered?(tap: Tap): boolean;
}

/** Hooks of a proxy that act on whole messages. */
export function onMessages({ onQuery, onAnswered }: MessageHooks): ProxyHooks {
  const fromClient = assembler("start-up");
  const fromServer = assembler("typed");
  return {
    fromClient: (data, tap) => {
      for (const message of fromClient(data)) {
        const sql = message[0] === 0x51 ? message.toString("utf8", 5, message.length - 1) : undefined;
        if (sql === undefined || onQuery === undefined || onQuery(sql, tap)) tap.server.write(message);
      }
      return false;
    },
    fromServer: (data, tap) => {
      const passed = fromServer(data).filter(
        (message) => message[0] !== 0x5a || onAnswered === undefined || onAnswered(tap),
      );
      return passed.length === 0 ? undefined : Buffer.concat(passed);
    },
  };
}

/** A moment of one migration: before its SQL is sent, after its answer, and after its COMMIT is sent. */
export const moments = ["before the DDL", "after the DDL", "at COMMIT"] as const;
export type Moment = (typeof moments)[number];

/** Whether an SQL text is the transaction that applies the migration of this number. */
export function isMigration(sql: string, number: number): boolean {
  return sql.startsWith("BEGIN ") && sql.includes(`FROM socrates_db.migrations WHERE number = ${number})`);
}

/**
 * Acts once at one moment of one migration; messages on their way are then lost, except a COMMIT, and no answer
 * returns on that connection.
 */
export function atMoment(number: number, moment: Moment, act: (tap: Tap) => void): () => ProxyHooks {
  let done = false;
  const now = (tap: Tap) => {
    done = true;
    act(tap);
  };
  return () => {
    let inside = false;
    /** Whether the moment has come on this connection. */
    let silent = false;
    return onMessages({
      onQuery: (sql, tap) => {
        if (done) return true;
        if (isMigration(sql, number)) {
          inside = true;
          if (moment !== "before the DDL") return true;
          now(tap);
          return false;
        }
        if (!inside || sql !== "COMMIT" || moment !== "at COMMIT") return true;
        tap.server.write(Buffer.from("Q\0\0\0\x0bCOMMIT\0", "latin1"));
        silent = true;
        now(tap);
        return false;
      },
      onAnswered: (tap) => {
        if (silent) return false;
        if (done || !inside || moment !== "after the DDL") return true;
        now(tap);
        return false;
      },
    });
  };
}
