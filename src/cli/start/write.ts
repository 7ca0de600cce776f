import { writeSync } from "node:fs";

/** Writes a text whole to standard output. @throws the error of the stream */
export function write(text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * Writes what standard output takes at once, without the streams of Node, which take their time to load.
 * @returns what is left: all of it where standard output cannot be written
 */
export function writeNow(bytes: Buffer): Buffer {
  try {
    return bytes.subarray(writeSync(1, bytes));
  } catch {
    return bytes;
  }
}

/**
 * A stream reports a failed write twice: to its callback, and then as an event that would end the program with a stack.
 * Of standard error there is nobody left to tell.
 */
export function expectFailures(): void {
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
}
