import { secondAttempt } from "../database/connection-error.ts";
import { untilAborted } from "../database/deadline.ts";
import { openSession, type Session } from "../database/session.ts";
import { keepAliveSql } from "../database/session-sql.ts";
import type { Target } from "../database/target.ts";
import { SocratesError } from "../errors.ts";
import type { DatabaseInput } from "./open.ts";
import { poolingOf } from "./pooling.ts";
import { readServerInfo, type ServerInfo } from "./preflight.ts";

/** A session whose server has answered. */
export interface Connected {
  readonly session: Session;
  readonly info: ServerInfo;
}

/** A database to connect to. */
export type Connectable = Pick<DatabaseInput, "key" | "name" | "target">;

/** The purpose of a connection, which other users of the server see, and the signal that ends the attempt. */
interface Caller {
  readonly command: string;
  readonly signal: AbortSignal | undefined;
}

async function connectTo(
  { key, name }: Connectable,
  target: Target,
  { command, signal }: Caller,
): Promise<Connected> {
  const open = (purpose: string) =>
    openSession({ key, name, target, signal, applicationName: `socrates-db ${purpose}` });
  const session = await open(command);
  try {
    const info = await untilAborted(readServerInfo(session), signal);
    const pooling = await untilAborted(
      poolingOf(session, info.backendPid, () => open("probe")),
      signal,
    );
    // Behind a pooler the setting would stay on a connection that other clients use.
    if (info.endsSessions && pooling !== "transaction") await session.run(keepAliveSql);
    return { session, info: { ...info, pooling } };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** As in libpq for `sslmode` allow and prefer: a rejected login is retried with or without TLS. */
async function connectTwice(input: Connectable, target: Target, caller: Caller): Promise<Connected> {
  try {
    return await connectTo(input, target, caller);
  } catch (error) {
    const second = target.kind === "server" ? secondAttempt(target, error) : undefined;
    if (second === undefined) throw error;
    return await connectTo(input, second, caller).catch(() => {
      throw error;
    });
  }
}

/**
 * The targets to try in turn: with `target_session_attrs` one host at a time, as its state is only known after the
 * login.
 */
function candidates(target: Target): readonly Target[] {
  if (target.kind === "embedded" || target.sessionAttributes === undefined) return [target];
  return target.hosts.map((host) => ({ ...target, hosts: [host] }));
}

function fits(target: Target, info: ServerInfo): boolean {
  if (target.kind === "embedded" || target.sessionAttributes === undefined) return true;
  return !info.standby && (target.sessionAttributes === "primary" || !info.readOnly);
}

/**
 * Opens a session and reads the server's properties.
 * @param command shown to other users of the server as part of `application_name`
 * @param signal ends the attempt; its reason is thrown
 * @throws SocratesError `connection-failed` and the like; `read-only` if no host matches `target_session_attrs`
 */
export async function connect(input: Connectable, command: string, signal?: AbortSignal): Promise<Connected> {
  let failure: unknown;
  for (const target of candidates(input.target)) {
    try {
      const connected = await connectTwice(input, target, { command, signal });
      if (fits(target, connected.info)) return connected;
      await connected.session.close();
      failure ??= new SocratesError(
        "read-only",
        `${connected.session.label} is not the primary that target_session_attrs asks for`,
        {
          hint: "Use the primary server in the connection string, or leave out target_session_attrs.",
        },
      );
    } catch (error) {
      signal?.throwIfAborted();
      failure ??= error;
    }
  }
  throw failure;
}
