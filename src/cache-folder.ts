import { homedir } from "node:os";
import path from "node:path";

/** The folder for what can be made again (XDG Base Directory Specification). */
export function userCacheFolder(env: NodeJS.ProcessEnv): string {
  return path.join(env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache"), "socrates-db");
}
