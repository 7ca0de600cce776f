import { nearest } from "../nearest.ts";
import type { Machine } from "./machine.ts";
import { malformed } from "./malformed.ts";
import { type Parameter, parameters } from "./parameters.ts";
import { findService } from "./service-file.ts";

const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));

/** Where the value of a parameter came from: the connection string, a service file, or an environment variable. */
export interface Setting {
  readonly value: string;
  readonly source: string;
  readonly fromText: boolean;
}

/** The values of the connection parameters, by name. */
export type Settings = ReadonlyMap<string, Setting>;

/**
 * Completes the parameters of a connection string with those of its service, then with the environment, as libpq does
 * (PostgreSQL manual, sections 32.15 and 32.17), and validates them. An empty variable counts as unset.
 * @throws SocratesError `connection-string` for a value that this program cannot honour.
 */
export function settle(given: ReadonlyMap<string, string>, source: string, machine: Machine): Settings {
  const settings = new Map<string, Setting>();
  const named = given.get("service");
  const name = named ?? machine.env["PGSERVICE"];
  const service = name ? findService(name, named === undefined ? "PGSERVICE" : source, machine) : undefined;
  for (const key of service?.values.keys() ?? []) checkName(key, 1, service?.file ?? "");
  for (const parameter of parameters) {
    const text = given.get(parameter.name);
    const served = service?.values.get(parameter.name);
    const inherited = parameter.variable === undefined ? undefined : machine.env[parameter.variable];
    if (text !== undefined) {
      settings.set(parameter.name, { value: text, source, fromText: true });
    } else if (service !== undefined && served !== undefined) {
      settings.set(parameter.name, { value: served, source: service.file, fromText: false });
    } else if (inherited && parameter.variable !== undefined) {
      settings.set(parameter.name, { value: inherited, source: parameter.variable, fromText: false });
    }
    const setting = settings.get(parameter.name);
    if (setting !== undefined) check(parameter, setting);
  }
  return settings;
}

/**
 * Refuses an unknown parameter. Its name is only repeated if it is close to a known one: in a malformed string a
 * "name" may be part of a password.
 * @throws SocratesError `connection-string`
 */
export function checkName(name: string, position: number, source: string): void {
  if (byName.has(name)) return;
  const known = nearest(name, byName.keys());
  if (known === undefined) {
    throw malformed(
      source,
      `unknown parameter at character ${position}`,
      "The parameters are psql's: host, port, user, password, dbname, sslmode, sslrootcert, options and others.",
    );
  }
  throw malformed(
    source,
    `unknown parameter "${name}", the nearest known one is "${known}"`,
    `Write ${known}= instead, or leave it out.`,
  );
}

function check(parameter: Parameter, setting: Setting): void {
  const { name, rule } = parameter;
  if (setting.value === "" || rule.kind === "used" || rule.kind === "ignored") return;
  const subject = `parameter "${name}"`;
  if (rule.kind === "unsupported") {
    throw malformed(setting.source, `${subject} is not supported`, `Connect without ${name}.`);
  }
  if (!rule.values.includes(setting.value)) {
    const values = rule.values.join(", ");
    throw malformed(
      setting.source,
      `the value of ${subject} is not supported`,
      `Leave ${name} out or set it to one of: ${values}.`,
    );
  }
}
