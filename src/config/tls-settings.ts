import { join } from "node:path";
import { type SslMode, sslModes } from "../database/target.ts";
import type { Machine } from "./machine.ts";
import { malformed } from "./malformed.ts";
import type { Setting, Settings } from "./settings.ts";

/** The TLS settings of a target. */
export interface TlsSettings {
  readonly sslMode: SslMode;
  readonly sslRootCert?: string;
  readonly sslCert?: string;
  readonly sslKey?: string;
  readonly sslCrl?: string;
  readonly sslCrlDir?: string;
  readonly sslDirect?: true;
}

/**
 * Resolves the TLS settings of a target (PostgreSQL manual, sections 32.19.1 and 32.19.2). Root certificate, client
 * certificate and key default to libpq's files in the user's directory, if they exist. A configured root certificate
 * is verified against in every mode. A configured file that is missing is ignored with a warning, as in libpq, except
 * in the verify modes.
 * @param overTcp false when every host is a unix socket, on which TLS is never used.
 * @throws SocratesError `connection-string` for a mode that is unknown, weaker than `sslrootcert=system` allows,
 * or that must verify and has no root certificate.
 */
export function tlsSettings(
  settings: Settings,
  machine: Machine,
  overTcp: boolean,
  warn: (text: string) => void,
): TlsSettings {
  const root = settings.get("sslrootcert");
  const system = root?.value === "system";
  const mode = modeOf(settings.get("sslmode"), system ? "verify-full" : "prefer");
  if (root !== undefined && system && mode !== "verify-full") {
    throw malformed(
      root.source,
      `sslmode "${mode}" is too weak for sslrootcert=system`,
      "Use sslmode=verify-full with it.",
    );
  }
  const rootCert = system ? "system" : file(root, "root.crt", machine);
  const needsRoot = mode === "verify-ca" || mode === "verify-full";
  if (rootCert === undefined && needsRoot && overTcp) {
    const where = root ?? settings.get("sslmode");
    throw malformed(
      where?.source ?? "sslmode",
      root?.value
        ? `the root certificate file "${root.value}" does not exist, and sslmode "${mode}" needs it`
        : `sslmode "${mode}" needs a root certificate, and there is none`,
      "Name the file with sslrootcert=, or use sslrootcert=system with sslmode=verify-full.",
    );
  }
  if (rootCert === undefined && root?.value) {
    warn(`root certificate file "${root.value}" does not exist: the server's certificate is not verified`);
  }
  const certificate = settings.get("sslcert");
  const cert = file(certificate, "postgresql.crt", machine);
  if (cert === undefined && certificate?.value) {
    warn(`client certificate file "${certificate.value}" does not exist: no certificate is sent`);
  }
  const key = settings.get("sslkey")?.value || inDirectory("postgresql.key", machine);
  return {
    sslMode: mode,
    ...(rootCert !== undefined && { sslRootCert: rootCert }),
    ...(cert !== undefined && { sslCert: cert }),
    ...(cert !== undefined && key !== undefined && { sslKey: key }),
    ...(rootCert !== undefined && revocation(settings, machine)),
    ...(settings.get("sslnegotiation")?.value === "direct" && overTcp && direct(settings, mode)),
  };
}

/**
 * The lists of revoked certificates, by default `root.crl` in the user's directory. Unlike in libpq, a configured
 * file that is missing is an error: it would have to be checked.
 */
function revocation(settings: Settings, machine: Machine): Pick<TlsSettings, "sslCrl" | "sslCrlDir"> {
  const [list, folder] = [settings.get("sslcrl"), settings.get("sslcrldir")];
  for (const setting of [list, folder])
    if (setting?.value && machine.mode(setting.value) === undefined)
      throw malformed(
        setting.source,
        `the revocation list "${setting.value}" does not exist`,
        "Correct sslcrl or sslcrldir, or leave it out.",
      );
  // As in libpq, a configured directory replaces the default file.
  const listed = folder?.value && !list?.value ? undefined : file(list, "root.crl", machine);
  return {
    ...(listed !== undefined && { sslCrl: listed }),
    ...(folder?.value && { sslCrlDir: folder.value }),
  };
}

/** TLS from the first byte. @throws SocratesError `connection-string` for a mode in which a plain connection may follow */
function direct(settings: Settings, mode: SslMode): Pick<TlsSettings, "sslDirect"> {
  if (mode === "require" || mode === "verify-ca" || mode === "verify-full") return { sslDirect: true };
  throw malformed(
    settings.get("sslnegotiation")?.source ?? "sslnegotiation",
    `sslmode "${mode}" is too weak for sslnegotiation=direct`,
    "Use sslmode=require, verify-ca or verify-full with it.",
  );
}

/** Directory of libpq's files: `~/.postgresql`, or `%APPDATA%\postgresql` on Windows. */
export function userDirectory(machine: Machine): string | undefined {
  if (machine.platform === "win32") {
    const data = machine.env["APPDATA"];
    return data ? join(data, "postgresql") : undefined;
  }
  return machine.homeDirectory ? join(machine.homeDirectory, ".postgresql") : undefined;
}

function modeOf(setting: Setting | undefined, otherwise: SslMode): SslMode {
  if (!setting?.value) return otherwise;
  const mode = sslModes.find((candidate) => candidate === setting.value);
  if (mode === undefined) {
    throw malformed(
      setting.source,
      "the value of sslmode is not known",
      `Use one of: ${sslModes.join(", ")}.`,
    );
  }
  return mode;
}

/** The configured file, or else the default one if it exists. */
function file(setting: Setting | undefined, fallback: string, machine: Machine): string | undefined {
  const path = setting?.value || inDirectory(fallback, machine);
  return path !== undefined && machine.mode(path) !== undefined ? path : undefined;
}

function inDirectory(name: string, machine: Machine): string | undefined {
  const directory = userDirectory(machine);
  return directory === undefined ? undefined : join(directory, name);
}
