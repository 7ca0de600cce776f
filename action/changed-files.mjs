/** The files that differ from a commit, as git knows them. */
import { spawnSync } from "node:child_process";

/**
 * @param {string} folder
 * @param {readonly string[]} args
 */
function git(folder, args) {
  const { status, stdout } = spawnSync("git", args, { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 28 });
  return status === 0 ? stdout : undefined;
}

/**
 * The SQL files that were added or changed since a commit, relative to the folder; undefined if the commit cannot be
 * read, for example as the checkout is shallow and its remote does not answer.
 * @param {string} folder
 * @param {string} base a commit, branch or tag
 * @returns {readonly string[] | undefined}
 */
export function changedFiles(folder, base) {
  if (base.startsWith("-")) return undefined;
  const commit = () =>
    git(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${base}^{commit}`])?.trim();
  let from = commit();
  if (from === undefined) {
    git(folder, ["fetch", "--quiet", "--no-tags", "--depth=1", "origin", base]);
    from = commit() ?? git(folder, ["rev-parse", "--verify", "--quiet", "FETCH_HEAD^{commit}"])?.trim();
  }
  if (from === undefined) return undefined;
  // Without a common commit, as in a shallow checkout, the two trees are compared.
  const start = git(folder, ["merge-base", from, "HEAD"])?.trim() ?? from;
  const names = git(folder, ["diff", "--name-only", "-z", "--diff-filter=d", "--relative", start, "--"]);
  return names?.split("\0").filter((name) => name.endsWith(".sql"));
}
