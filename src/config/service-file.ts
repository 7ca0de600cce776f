import { join } from "node:path";
import type { Machine } from "./machine.ts";
import { malformed } from "./malformed.ts";

/** The connection parameters of a service, and the file that defines it. */
export interface Service {
  readonly file: string;
  readonly values: ReadonlyMap<string, string>;
}

/** The directory of the system-wide file in the packages of Debian and the RPM distributions. */
const systemFolders = ["/etc/postgresql-common", "/etc/sysconfig/pgsql"];

/** The files to search, in libpq's order: the user's, then the system's. */
function filesOf({ env, homeDirectory, platform }: Machine): string[] {
  const inHome =
    platform === "win32"
      ? env["APPDATA"] && join(env["APPDATA"], "postgresql", ".pg_service.conf")
      : homeDirectory && join(homeDirectory, ".pg_service.conf");
  const own = env["PGSERVICEFILE"] || inHome;
  const system = env["PGSYSCONFDIR"] ? [env["PGSYSCONFDIR"]] : systemFolders;
  return [...(own ? [own] : []), ...system.map((folder) => join(folder, "pg_service.conf"))];
}

/** The lines of a service's section, without comments; undefined if the file has no such section. */
function sectionOf(text: string, name: string): string[] | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const start = lines.indexOf(`[${name}]`);
  if (start === -1) return undefined;
  const rest = lines.slice(start + 1);
  const next = rest.findIndex((line) => line.startsWith("["));
  const section = next === -1 ? rest : rest.slice(0, next);
  return section.filter((line) => line !== "" && !line.startsWith("#"));
}

/**
 * Finds a service in the connection service files (PostgreSQL manual, section 32.17).
 * @param source what named the service; for messages
 * @throws SocratesError `connection-string` if no file defines it, or one of its lines has no `=`; neither is
 * repeated
 */
export function findService(name: string, source: string, machine: Machine): Service {
  const files = filesOf(machine);
  for (const file of files) {
    const section = sectionOf(machine.read(file, "utf8") ?? "", name);
    if (section === undefined) continue;
    const values = new Map<string, string>();
    for (const line of section) {
      const equals = line.indexOf("=");
      const key = line.slice(0, Math.max(equals, 0)).trim();
      if (key === "" || key === "service")
        throw malformed(
          source,
          `the service in ${file} has a line that is not a parameter`,
          "Write one keyword=value on each line; LDAP lookups and services in services are not supported.",
        );
      values.set(key, line.slice(equals + 1).trim());
    }
    return { file, values };
  }
  throw malformed(
    source,
    `the service is in none of ${files.join(", ")}`,
    "Add a section of that name to one of these files, or name the file with PGSERVICEFILE.",
  );
}
