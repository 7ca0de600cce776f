import type { Session } from "../../database/session.ts";
import { SocratesError } from "../../errors.ts";
import { type Connectable, type Connected, connect } from "../../project/connect.ts";
import type { ServerInfo } from "../../project/preflight.ts";
import { dropLeftOvers } from "./left-overs.ts";
import { type Likeness, plainLikeness, readLikeness } from "./likeness.ts";
import type { Listener, ServerPlace } from "./server-place.ts";

function major(version: number): number {
  return Math.floor(version / 10_000);
}

/** Identifies a running server: the time of its start. */
function serverOf({ identity }: ServerInfo): string | undefined {
  return identity.split("@")[1];
}

/**
 * A server on which shadows are created, instead of in the embedded engine. Each shadow is a separate database, with
 * the properties of the database that it is for.
 */
export class ShadowServer {
  readonly listener: Listener;
  private readonly place: ServerPlace;
  private readonly likenesses = new Map<string, Promise<Likeness>>();
  private leftOvers: Promise<void> | undefined;

  constructor(place: ServerPlace) {
    this.place = place;
    this.listener = place.listener;
  }

  /**
   * Opens a session that may create databases, and drops what killed runs have left.
   * @throws SocratesError `pooler-unsupported`, and connection errors
   */
  async connect(): Promise<Connected> {
    const connected = await connect(
      { key: "shadow", name: "the shadow", target: this.place.target },
      "shadow",
    );
    const { session, info } = connected;
    try {
      if (info.pooling !== "none")
        throw new SocratesError(
          "pooler-unsupported",
          `the shadow's server ${session.label} is reached through a connection pooler`,
          { hint: "Use its direct URL: a pooler keeps connections to databases that must be dropped." },
        );
      this.leftOvers ??= dropLeftOvers(session, this.listener);
      await this.leftOvers;
      return connected;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /**
   * The properties for the shadow of a database. Says once what may surprise about the server.
   * @param database its key or name; undefined for SQL of any database
   */
  likenessOf(database: string | undefined, on: Connected): Promise<Likeness> {
    const input = this.place.databases.find(({ key, name }) => key === database || name === database);
    if (input === undefined) return Promise.resolve(plainLikeness);
    const known = this.likenesses.get(input.key) ?? this.readLikenessOf(input, on);
    this.likenesses.set(input.key, known);
    return known;
  }

  private async readLikenessOf(input: Connectable, { session, info }: Connected): Promise<Likeness> {
    if (input.target.kind === "embedded") {
      const { majorVersion } = await import("../../database/embedded/directory.ts");
      this.compareVersions(input.key, info, Number(majorVersion) * 10_000);
      return plainLikeness;
    }
    let read: Session | undefined;
    try {
      const connected = await connect(input, "shadow");
      read = connected.session;
      if (serverOf(connected.info) === serverOf(info))
        this.listener.note(
          `the shadow of ${input.key} is on the server of ${input.key} itself, ${session.label}`,
        );
      this.compareVersions(input.key, info, connected.info.version);
      return await readLikeness(read);
    } catch (error) {
      if (!(error instanceof SocratesError)) throw error;
      this.listener.warn(
        `the shadow of ${input.key} has another encoding and locale: the database cannot be read: ${error.message}`,
      );
      return plainLikeness;
    } finally {
      await read?.close();
    }
  }

  private compareVersions(key: string, { version, versionText }: ServerInfo, target: number): void {
    if (major(version) < major(target))
      this.listener.warn(
        `the shadow's server runs PostgreSQL ${versionText}, older than PostgreSQL ${major(target)} of ${key}: what only the newer version can do fails or differs`,
      );
  }
}

const known = new WeakMap<ServerPlace, ShadowServer>();

/** The server at a place: what it has read and said counts for all its shadows. */
export function shadowServerAt(place: ServerPlace): ShadowServer {
  const server = known.get(place) ?? new ShadowServer(place);
  known.set(place, server);
  return server;
}
