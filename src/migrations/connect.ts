import { secondAttempt } from "../database/connection-error.ts";
import { openSession, type Session } from "../database/session.ts";
import type { Target } from "../database/target.ts";
import { SocratesError } from "../errors.ts";
import type { DatabaseInput } from "./open.ts";
import { readServerInfo, type ServerInfo } from "./preflight.ts";

/** A session whose server has answered. */
export interface Connected {
  readonly session: Session;
  readonly info: ServerInfo;
}

async function connectTo({ key, name }: DatabaseInput, target: Target, command: string): Promise<Connected> {
  const session = await openSession({ key, name, target, applicationName: `socrates-db ${command}` });
  try {
    return { session, info: await readServerInfo(session) };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** As libpq does for `sslmode` allow and prefer: a log-in that was rejected is tried again with or without TLS. */
async function connectTwice(input: DatabaseInput, target: Target, command: string): Promise<Connected> {
  try {
    return await connectTo(input, target, command);
  } catch (error) {
    const second = target.kind === "server" ? secondAttempt(target, error) : undefined;
    if (second === undefined) throw error;
    return await connectTo(input, second, command).catch(() => {
      throw error;
    });
  }
}

/** The targets to try in turn: with `target_session_attrs` each host by itself, as only the log-in shows what it is. */
function candidates(target: Target): readonly Target[] {
  if (target.kind === "embedded" || target.sessionAttributes === undefined) return [target];
  return target.hosts.map((host) => ({ ...target, hosts: [host] }));
}

function fits(target: Target, info: ServerInfo): boolean {
  if (target.kind === "embedded" || target.sessionAttributes === undefined) return true;
  return !info.standby && (target.sessionAttributes === "primary" || !info.readOnly);
}

/**
 * Opens a session and asks the server what it is.
 * @param command shown to other users of the server as part of `application_name`
 * @throws SocratesError `connection-failed` and the like; `read-only` where no host is what `target_session_attrs` asks for
 */
export async function connect(input: DatabaseInput, command: string): Promise<Connected> {
  let failure: unknown;
  for (const target of candidates(input.target)) {
    try {
      const connected = await connectTwice(input, target, command);
      if (fits(target, connected.info)) return connected;
      await connected.session.close();
      failure ??= new SocratesError(
        "read-only",
        `${connected.session.label} is not the primary that target_session_attrs asks for`,
        {
          hint: "Name the primary server in the connection string, or leave target_session_attrs out.",
        },
      );
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}
