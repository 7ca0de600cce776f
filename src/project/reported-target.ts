import { describeTarget, type Target } from "../database/target.ts";
import { displayPath } from "../sql/source-file.ts";

/** The target of a database in reports; never with a password. */
export interface ReportedTarget {
  /** For people, on one line. */
  readonly label: string;
  /** For JSON. */
  readonly fields:
    | { readonly engine: "embedded"; readonly folder: string | null }
    | {
        readonly engine: "server";
        readonly host: string;
        readonly port: number;
        readonly database: string;
        readonly user: string;
        readonly role?: string;
      };
}

/** Describes a target for reports: the first host, which for a session's target is the one in use. */
export function reportedTarget(target: Target): ReportedTarget {
  if (target.kind === "embedded") {
    const { directory } = target;
    const label = directory === null ? describeTarget(target) : displayPath(directory);
    return { label, fields: { engine: "embedded", folder: directory } };
  }
  const { hosts, database, user, role } = target;
  const [{ host, port } = { host: "", port: 0 }] = hosts;
  const fields = {
    engine: "server",
    host,
    port,
    database,
    user,
    ...(role !== undefined && { role }),
  } as const;
  return { label: describeTarget(target), fields };
}
