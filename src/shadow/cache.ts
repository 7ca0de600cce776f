import { createHash } from "node:crypto";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { buildId } from "../build-id.ts";
import { decodeSchemas, type EncodedSchemas, encodeSchemas } from "../schema/codec.ts";
import type { Schema } from "../schema/model.ts";
import { readTrusted, writeTrusted } from "../trusted-file.ts";
import type { ServerPlace } from "./server/server-place.ts";

/** Schemas of one database at successive points, with notes on their origin. */
export interface SchemaSeries {
  readonly schemas: readonly Schema[];
  readonly notes: readonly string[];
}

interface Encoded extends EncodedSchemas {
  readonly notes: readonly string[];
}

/**
 * Where schemas are cached between runs; `built` ships with the package, `user` is written as needed, if there is
 * one.
 */
export interface CacheFolders {
  readonly built: string;
  readonly user: string | undefined;
}

/** What creating schemas in a shadow needs. */
export interface ShadowOptions extends CacheFolders {
  /** Ends the shadow early. */
  readonly signal?: AbortSignal | undefined;
  /** Where shadows are created; undefined for the embedded engine. */
  readonly server?: ServerPlace | undefined;
  /** Whether schemas are read as for an exact copy. */
  readonly exact?: boolean | undefined;
}

/** The cache key for the schemas of some SQL: equal for equal texts and programs of the same sources. */
export function cacheKey(...texts: readonly string[]): string {
  const hash = createHash("sha256").update(buildId);
  for (const text of texts) hash.update("\0").update(text);
  return hash.digest("hex").slice(0, 32);
}

function fileIn(folder: string, key: string): string {
  return path.join(folder, `${key}.json.gz`);
}

function load<T>(found: Buffer | undefined, decode: (json: string) => T): T | undefined {
  if (found === undefined) return undefined;
  try {
    return decode(gunzipSync(found).toString("utf8"));
  } catch {
    // A different format: it is rebuilt.
    return undefined;
  }
}

/** How a value is stored: converted to JSON and back. */
interface Codec<T> {
  readonly encode: (value: T) => object;
  /** Throws if the file is damaged. */
  readonly decode: (json: string) => T;
}

/** The cached value of a key, or the result of `make`, which is then cached. */
export async function cached<T>(
  folders: CacheFolders,
  key: string,
  { encode, decode }: Codec<T>,
  make: () => Promise<T>,
): Promise<T> {
  const found =
    load(readTrusted(fileIn(folders.built, key), "package"), decode) ??
    load(folders.user === undefined ? undefined : readTrusted(fileIn(folders.user, key)), decode);
  if (found !== undefined) return found;
  const made = await make();
  if (folders.user !== undefined)
    writeTrusted(fileIn(folders.user, key), gzipSync(JSON.stringify(encode(made)), { level: 6 }));
  return made;
}

const seriesCodec: Codec<SchemaSeries> = {
  encode: ({ schemas, notes }): Encoded => ({ ...encodeSchemas(schemas), notes }),
  decode: (json) => {
    const encoded: Encoded = JSON.parse(json);
    return { schemas: decodeSchemas(encoded), notes: encoded.notes };
  },
};

const ofServers = new WeakMap<ServerPlace, Map<string, Promise<SchemaSeries>>>();

/** What a server makes of SQL also depends on its version, extensions and settings: it counts for one run only. */
function onceOn(server: ServerPlace, key: string, make: () => Promise<SchemaSeries>): Promise<SchemaSeries> {
  const known = ofServers.get(server) ?? new Map<string, Promise<SchemaSeries>>();
  ofServers.set(server, known);
  const series = known.get(key) ?? make();
  known.set(key, series);
  return series;
}

/** Series of schemas; those of the embedded engine are cached between runs. */
export async function cachedSchemas(
  shadow: ShadowOptions,
  key: string,
  make: () => Promise<SchemaSeries>,
): Promise<SchemaSeries> {
  const own = shadow.exact ? `${key}-exact` : key;
  return shadow.server === undefined
    ? cached(shadow, own, seriesCodec, make)
    : onceOn(shadow.server, own, make);
}
