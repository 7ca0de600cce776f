/** Writes a text whole to standard output. @throws the error of the stream */
export function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * A stream reports a failed write twice: to its callback, and then as an event that would end the program with a stack.
 * Of standard error there is nobody left to tell.
 */
export function expectFailures(): void {
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
}
