import { build, negotiateVersion, type Refusal } from "./protocol.ts";

/** The newest version of the protocol. */
const newestMinor = 2;
const major = 3 << 16;

/** What a client asks for in its startup packet. */
export interface Wishes {
  readonly user: string;
  readonly database: string;
  /** Settings of its session, in order. */
  readonly settings: readonly (readonly [string, string])[];
  /** The answer to a newer version or unknown options of the protocol. */
  readonly negotiation: Buffer | undefined;
  /** How many bytes its cancel key has. */
  readonly keyLength: number;
}

/** Reads the parameters of a startup packet, or says why they are refused. */
export function readWishes(minor: number, parameters: ReadonlyMap<string, string>): Wishes | Refusal {
  const user = parameters.get("user") ?? "";
  if (user === "")
    return { sqlState: "28000", message: "no PostgreSQL user name specified in startup packet" };
  const replication = parameters.get("replication") ?? "false";
  if (!["false", "off", "no", "0", "f"].includes(replication.toLowerCase()))
    return { sqlState: "0A000", message: "replication is not supported by the embedded engine" };
  const options = splitOptions(parameters.get("options") ?? "");
  if (options === undefined)
    return {
      sqlState: "42601",
      message: `invalid command-line argument in "options": ${parameters.get("options")}`,
    };
  const names = Array.from(parameters.keys());
  const unknown = names.filter((name) => name.startsWith("_pq_."));
  const own = names.filter((name) => !notSettings.has(name) && !name.startsWith("_pq_."));
  const isNegotiated = minor > newestMinor || unknown.length > 0;
  return {
    user,
    database: parameters.get("database") || user,
    settings: [...options, ...own.map((name) => [name, parameters.get(name) ?? ""] as const)],
    negotiation: isNegotiated ? negotiateVersion(major | Math.min(minor, newestMinor), unknown) : undefined,
    keyLength: minor >= newestMinor ? 32 : 4,
  };
}

const notSettings: ReadonlySet<string> = new Set(["user", "database", "replication", "options"]);

/** The answer to another major version: in the form of protocol 2 for that one. */
export function refuseVersion(version: number): Buffer {
  const text = `unsupported frontend protocol ${version >>> 16}.${version & 0xffff}: server supports 3.0 to 3.${newestMinor}`;
  if (version >>> 16 < 3) return Buffer.from(`EFATAL:  ${text}\n\0`);
  return build("E", `SFATAL\0VFATAL\0C0A000\0M${text}\0\0`);
}

/** `-c name=value` and `--name=value`; a backslash protects the next character. Undefined for anything else. */
function splitOptions(text: string): (readonly [string, string])[] | undefined {
  const words = Array.from(text.matchAll(/(?:\\[\s\S]|[^\s\\])+/g), ([word]) =>
    word.replaceAll(/\\([\s\S])/g, "$1"),
  );
  const settings: (readonly [string, string])[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const assignment = word === "-c" ? (words[++at] ?? "") : /^(?:-c|--)(.+)$/s.exec(word)?.[1];
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(assignment ?? "") ?? [];
    if (name === undefined || value === undefined) return undefined;
    settings.push([word.startsWith("--") ? name.replaceAll("-", "_") : name, value]);
  }
  return settings;
}
