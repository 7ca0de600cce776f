import { writeSync } from "node:fs";

/** Writes a whole text to stdout. @throws the error of the stream */
export function write(text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * Writes what stdout accepts at once, without Node's streams, which take time to load.
 * @returns the rest: everything if stdout cannot be written
 */
export function writeNow(bytes: Buffer): Buffer {
  try {
    return bytes.subarray(writeSync(1, bytes));
  } catch {
    return bytes;
  }
}

/**
 * A stream reports a failed write to its callback, and again as an event that would end the program with a stack. If
 * stderr fails too, there is nowhere left to report it.
 */
export function expectFailures(): void {
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
}
