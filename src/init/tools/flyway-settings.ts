import path from "node:path";
import type { Repository } from "../model.ts";
import { optionalText } from "../repository.ts";

/** A setting of Flyway, its name in lower case without `flyway.`. */
export interface FlywaySetting {
  readonly name: string;
  readonly value: string;
  /** The file that has it. */
  readonly file: string;
}

type Pair = readonly [name: string, value: string];

/** `flyway.conf` and Spring's `application.properties`: `name = value`, with a backslash before a line that continues. */
function readProperties(text: string): Pair[] {
  return text
    .replace(/\\\r?\n\s*/g, "")
    .split(/\r?\n/)
    .flatMap((line): Pair[] => {
      const [, name, value] = /^\s*([^#!=:\s][^=:\s]*)\s*[=:](.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.trim()]];
    });
}

/** A TOML value of one line: a string, a list of strings, or a word. */
function tomlValue(value: string): string {
  const strings = [...value.matchAll(/"([^"]*)"|'([^']*)'/g)].map(
    ([, double, single]) => double ?? single ?? "",
  );
  return strings.length > 0 ? strings.join(",") : value.replace(/#.*/, "").trim();
}

/** Lines in which each list is on one line. */
function joinedLists(lines: readonly string[]): string[] {
  const joined: string[][] = [];
  let isOpen = false;
  for (const line of lines) {
    if (isOpen) joined.at(-1)?.push(line);
    else joined.push([line]);
    isOpen = isOpen ? !line.includes("]") : /=\s*\[[^\]]*$/.test(line);
  }
  return joined.map((parts) => parts.join(" "));
}

/** `flyway.toml`: sections of `name = value`; a list may span lines. */
function readToml(text: string): Pair[] {
  let section = "";
  return joinedLists(text.split(/\r?\n/)).flatMap((line): Pair[] => {
    const heading = /^\s*\[([\w.-]+)\]\s*(?:#.*)?$/.exec(line)?.[1];
    if (heading !== undefined) section = `${heading}.`;
    const [, name, value] = /^\s*"?([\w.-]+)"?\s*=\s*(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[`${section}${name}`, tomlValue(value)]];
  });
}

/** Spring's `application.yml`: scalars below nested keys. */
function readYaml(text: string): Pair[] {
  const open: { readonly indent: number; readonly key: string }[] = [];
  return text.split(/\r?\n/).flatMap((line): Pair[] => {
    const [, blanks = "", key, value = ""] = /^( *)([\w.-]+):(?:\s(.*))?$/.exec(line.trimEnd()) ?? [];
    if (key === undefined) return [];
    while ((open.at(-1)?.indent ?? -1) >= blanks.length) open.pop();
    const name = [...open.map((above) => above.key), key].join(".");
    open.push({ indent: blanks.length, key });
    return value.trim() === "" ? [] : [[name, tomlValue(value)]];
  });
}

/** The configuration of the Maven plugin; elements with the same name, such as locations, are joined. */
function readPom(text: string): Pair[] {
  const plugin = /flyway-maven-plugin<\/artifactId>([\s\S]*?)<\/plugin>/.exec(text)?.[1] ?? "";
  const placeholders = /<placeholders>([\s\S]*?)<\/placeholders>/.exec(plugin)?.[1] ?? "";
  const elements = (xml: string) => [...xml.matchAll(/<([\w.:-]+)>([^<]*)<\/\1>/g)];
  const locations = elements(plugin).flatMap(([, name, value = ""]) => (name === "location" ? value : []));
  return [
    ...(locations.length > 0 ? [["flyway.locations", locations.join(",")] as const] : []),
    ...elements(placeholders).map(([, name, value = ""]): Pair => [`flyway.placeholders.${name}`, value]),
    ...elements(plugin.replace(placeholders, "")).map(
      ([, name, value = ""]): Pair => [`flyway.${name}`, value],
    ),
  ];
}

const readers: readonly (readonly [RegExp, (text: string) => Pair[]])[] = [
  [/^flyway(\.\w+)?\.conf$/, readProperties],
  [/^application\.properties$/, readProperties],
  [/^flyway(\.\w+)?\.toml$/, readToml],
  [/^application\.ya?ml$/, readYaml],
  [/^pom\.xml$/, readPom],
];

/** The settings of Flyway in a repository's files: its own, Spring's, and Maven's. */
export function flywaySettings(repository: Repository): FlywaySetting[] {
  return repository.files.flatMap((file) => {
    const reader = readers.find(([name]) => name.test(path.posix.basename(file)));
    const pairs = reader === undefined ? [] : reader[1](optionalText(repository, file));
    return pairs.flatMap(([written, value]) => {
      const own = /^(?:spring\.)?flyway\.(.+)$/i.exec(written)?.[1]?.toLowerCase();
      if (own === undefined) return [];
      // Spring writes its names with hyphens; those of placeholders are the user's.
      return [{ name: own.startsWith("placeholders.") ? own : own.replaceAll("-", ""), value, file }];
    });
  });
}

/** The only value of a setting; undefined if it has none or several. */
export function settingOf(settings: readonly FlywaySetting[], name: string): string | undefined {
  const values = new Set(settings.filter((setting) => setting.name === name).map(({ value }) => value));
  return values.size === 1 ? [...values][0] : undefined;
}
