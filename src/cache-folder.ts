import { homedir } from "node:os";
import path from "node:path";

/**
 * The cache folder (XDG Base Directory Specification); undefined for a user without a home, as in a container whose
 * user id has no name.
 */
export function userCacheFolder(env: NodeJS.ProcessEnv): string | undefined {
  const own = env["XDG_CACHE_HOME"];
  if (own) return path.join(own, "socrates-db");
  try {
    return path.join(homedir(), ".cache", "socrates-db");
  } catch {
    return undefined;
  }
}
