import { isIP } from "node:net";
import { type HostAddress, isSocketDirectory, socketPath } from "../database/target.ts";
import type { Machine } from "./machine.ts";
import { malformed } from "./malformed.ts";
import { defaultSocketDirectory } from "./pgpass.ts";
import type { Setting, Settings } from "./settings.ts";

const defaultPort = 5432;
const fileType = 0o170000;
const socketFile = 0o140000;

/**
 * The hosts of a connection, in the order in which they are tried (PostgreSQL manual, section 32.1.1.3): `host`,
 * `hostaddr` and `port` are parallel lists, a single port applies to every host, and an empty one is 5432. Without a
 * host it is the default directory of unix sockets if a server has its socket for that port there, as in psql, or
 * else `localhost`.
 * @throws SocratesError `connection-string` when the lists have different lengths or a port is invalid.
 */
export function resolveHosts(settings: Settings, machine: Machine): HostAddress[] {
  const host = settings.get("host");
  const address = settings.get("hostaddr");
  const port = settings.get("port");
  const hosts = list(host);
  const addresses = list(address);
  const ports = list(port);
  const count = address?.value ? addresses.length : hosts.length;
  if (address?.value && host?.value && hosts.length !== count) {
    throw malformed(address.source, `${hosts.length} host names, but ${count} host addresses`, oneEach);
  }
  if (port !== undefined && ports.length > 1 && ports.length !== count) {
    throw malformed(port.source, `${count} hosts, but ${ports.length} port numbers`, oneEach);
  }
  return Array.from({ length: count }, (_, index) => {
    const number = portNumber((ports.length > 1 ? ports[index] : ports[0]) ?? "", port);
    const ip = addresses[index] ?? "";
    if (ip !== "" && isIP(ip) === 0) {
      throw malformed(
        address?.source ?? "hostaddr",
        "hostaddr is not an IP address",
        "Give host names as host.",
      );
    }
    const name = hosts[index] || ip || defaultHost(number, machine);
    if (name.startsWith("@")) {
      throw malformed(
        host?.source ?? "host",
        "abstract unix sockets are not supported",
        "Use host=/directory.",
      );
    }
    return { host: name, port: number, ...(ip !== "" && !isSocketDirectory(name) && { address: ip }) };
  });
}

const oneEach = "Give one for each host, or one port for all.";

function list(setting: Setting | undefined): string[] {
  return (setting?.value ?? "").split(",").map((item) => item.trim());
}

function portNumber(text: string, setting: Setting | undefined): number {
  if (text === "") return defaultPort;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) {
    throw malformed(
      setting?.source ?? "port",
      "the port is not an integer from 1 to 65535",
      "PostgreSQL's default is 5432.",
    );
  }
  return port;
}

function defaultHost(port: number, machine: Machine): string {
  const mode = machine.mode(socketPath({ host: defaultSocketDirectory, port }));
  return mode !== undefined && (mode & fileType) === socketFile ? defaultSocketDirectory : "localhost";
}
