import { createHash } from "node:crypto";

/** Pids of clients start above this, so that they cannot be confused with the engine's own. */
const firstPid = 10_000;

/** The pid of one of several clients that share a session. */
export function memberPid(member: number): number {
  return firstPid + member;
}

/** Names of prepared statements are cut to 63 bytes. */
const longestName = 45;

/** What precedes a client's name of a prepared statement in the session that several clients share. */
export function statementPrefix(member: number): string {
  return `${member}:`;
}

/** The session's name for a client's prepared statement; the unnamed statement has none. */
export function statementName(member: number, name: string): string {
  if (name === "") return "";
  if (Buffer.byteLength(name) <= longestName) return `${statementPrefix(member)}${name}`;
  return `${statementPrefix(member)}#${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
}
