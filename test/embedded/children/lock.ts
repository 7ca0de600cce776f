/** Tries to take the lock of a directory, reports the result, and holds it until stdin or the process ends. */
import { lockDirectory } from "../../../src/database/embedded/directory-lock.ts";

const [directory = "", startAt = "0"] = process.argv.slice(2);
while (Date.now() < Number(startAt)) {
  // All contenders start in the same millisecond.
}
try {
  await lockDirectory(directory);
  process.stdout.write("won\n");
  setInterval(() => undefined, 1000);
} catch (error) {
  process.stdout.write(`lost ${error instanceof Error && "code" in error ? error.code : error}\n`);
}
