import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SocratesError } from "../../errors.ts";
import {
  checkDirectory,
  checkMajorVersion,
  embeddedExists,
  innerLock,
  isPartial,
  restoreFolders,
} from "./directory.ts";
import { lockDirectory, type NewLock, newLock } from "./directory-lock.ts";

/** Takes the lock next to a directory, and the one inside it, which is the same for every path to it. */
async function lockBoth(directory: string): Promise<NewLock> {
  const beside = await lockDirectory(directory);
  try {
    checkDirectory(directory);
    const file = innerLock(directory);
    const inside: NewLock = existsSync(directory)
      ? { ...(await lockDirectory(directory, file)), text: "" }
      : newLock(file);
    if (embeddedExists(directory) && !isPartial(directory)) {
      try {
        checkMajorVersion(directory);
        restoreFolders(directory);
      } catch (error) {
        inside.release();
        throw error;
      }
    }
    return {
      text: inside.text,
      release: () => {
        inside.release();
        beside.release();
      },
    };
  } catch (error) {
    beside.release();
    throw error;
  }
}

/**
 * Takes the locks of a directory for a database, and creates its parents.
 * @throws SocratesError `embedded-locked`, `embedded-failed`
 */
export async function prepareDirectory(directory: string): Promise<NewLock> {
  try {
    const made = mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
    // Databases do not belong in version control.
    if (made !== undefined) writeFileSync(join(dirname(directory), ".gitignore"), "*\n");
    return await lockBoth(directory);
  } catch (error) {
    if (error instanceof SocratesError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SocratesError(
      "embedded-failed",
      `the embedded database ${directory} cannot be created: ${reason}`,
      {
        hint: "Check that the disk has room and that the folder can be written.",
        cause: error,
      },
    );
  }
}
