import { byNumber } from "../gather.ts";

/** What a file in Flyway's folder is, by its name. */
export type FlywayName =
  | { readonly kind: "versioned" | "undo"; readonly version: readonly string[]; readonly description: string }
  | { readonly kind: "repeatable"; readonly description: string }
  | { readonly kind: "baseline"; readonly version: readonly string[] }
  | { readonly kind: "callback" | "script-config" | "other" };

/** The prefixes and the separator of names, which Flyway's settings can change. */
export interface NameRules {
  readonly versioned: string;
  readonly undo: string;
  readonly repeatable: string;
  readonly separator: string;
  readonly suffixes: readonly string[];
}

/** The numbers of a version: dots and underscores separate them. Undefined if it is not one. */
export function versionParts(text: string): string[] | undefined {
  if (!/^\d+([._]\d+)*$/.test(text)) return undefined;
  const parts = text.split(/[._]/).map((part) => BigInt(part).toString());
  // 1 and 1.0 are the same version.
  while (parts.length > 1 && parts.at(-1) === "0") parts.pop();
  return parts;
}

/** Compares versions number by number. */
export function byVersion(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = byNumber(a[i] ?? "0", b[i] ?? "0");
    if (order !== 0) return order;
  }
  return 0;
}

/** What a file is, by its name without folders. */
export function flywayName(name: string, rules: NameRules): FlywayName {
  if (name.endsWith(".conf")) return { kind: "script-config" };
  const suffix = rules.suffixes.find((each) => name.endsWith(each));
  if (suffix === undefined) return { kind: "other" };
  const bare = name.slice(0, -suffix.length);
  const [head = "", ...tail] = bare.split(rules.separator);
  const description = tail.join(rules.separator);
  if (/^((before|after)[A-Z]\w*|createSchema)$/.test(head)) return { kind: "callback" };
  if (head === rules.repeatable && description !== "") return { kind: "repeatable", description };
  for (const [prefix, kind] of [
    [rules.versioned, "versioned"],
    [rules.undo, "undo"],
    ["B", "baseline"],
  ] as const) {
    const version = head.startsWith(prefix) ? versionParts(head.slice(prefix.length)) : undefined;
    if (version !== undefined) return { kind, version, description };
  }
  return { kind: "other" };
}
