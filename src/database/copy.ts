import { once } from "node:events";
import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type postgres from "postgres";

/** The part of a postgres.js query that reports its result; the package's types omit it. */
interface Settling {
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

function isSettling(query: object): query is Settling {
  return (
    "resolve" in query &&
    typeof query.resolve === "function" &&
    "reject" in query &&
    typeof query.reject === "function"
  );
}

/**
 * Watches for the failure of a query. postgres.js resolves a query as soon as its COPY begins, so no one would learn
 * that the server rejects a later row, and the wait after the end of the data would never end.
 */
function failureOf(query: object): Promise<never> {
  if (!isSettling(query)) throw new TypeError("this version of postgres.js reports failures differently");
  const { resolve, reject } = query;
  query.resolve = (value) => {
    // The stream reports the same failure again, possibly in the packet that the stream arrived with.
    if (value instanceof Writable) value.on("error", () => {});
    resolve(value);
  };
  const failure = new Promise<never>((_, fail) => {
    query.reject = (error) => {
      fail(error);
      reject(error);
    };
  });
  // Handled where it is awaited; until then it must not count as unhandled.
  failure.catch(() => {});
  return failure;
}

async function write(stream: Writable, chunks: Iterable<Uint8Array>, failure: Promise<never>): Promise<void> {
  for (const chunk of chunks) if (!stream.write(chunk)) await Promise.race([once(stream, "drain"), failure]);
  stream.end();
  await Promise.race([finished(stream), failure]);
}

/**
 * Sends data to a `COPY FROM STDIN`, no faster than the server accepts them. If `chunks` throws, the COPY is
 * failed, and the error is thrown once the server has confirmed that.
 * @param failed turns a failure of the server or of the connection into the error to throw
 */
export async function copyIn(
  sql: postgres.Sql,
  statement: string,
  chunks: Iterable<Uint8Array>,
  failed: (error: unknown) => unknown,
): Promise<void> {
  let isBroken = false;
  const guarded = function* () {
    try {
      yield* chunks;
    } catch (error) {
      isBroken = true;
      throw error;
    }
  };
  const query = sql.unsafe(statement).simple();
  const failure = failureOf(query);
  try {
    const stream = await query.writable();
    try {
      await write(stream, guarded(), failure);
    } catch (error) {
      if (!isBroken) throw error;
      stream.destroy(new Error("ended by the client"));
      await failure.catch(failed);
      throw error;
    }
  } catch (error) {
    throw isBroken ? error : failed(error);
  }
}
