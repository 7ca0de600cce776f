/** A statement that only sets or shows one setting. */
export type SimpleSetting =
  | { readonly kind: "set"; readonly name: string; readonly value: string }
  | { readonly kind: "show"; readonly name: string };

const name = String.raw`([a-z_][\w.]*)`;
const show = new RegExp(String.raw`^\s*show\s+${name}\s*;?\s*$`, "i");
const set = new RegExp(
  String.raw`^\s*set\s+(?:session\s+)?${name}\s*(?:=|\s+to\s)\s*(?:'((?:[^'\\]|'')*)'|(-?\d+(?:\.\d+)?)|([a-z_]\w*))\s*;?\s*$`,
  "i",
);

/** Statements that set something else than the setting of their name, or reach other clients. */
const special: ReadonlySet<string> = new Set([
  "role",
  "session_authorization",
  "local",
  "transaction",
  "search_path",
]);

/** Reads `SHOW name` and `SET name = value` with one plain value; undefined for anything else. */
export function simpleSetting(sql: string): SimpleSetting | undefined {
  const shown = show.exec(sql)?.[1];
  if (shown !== undefined && shown.toLowerCase() !== "all") return { kind: "show", name: shown };
  const [, key, quoted, number, word] = set.exec(sql) ?? [];
  if (key === undefined || special.has(key.toLowerCase()) || word?.toLowerCase() === "default")
    return undefined;
  const value = quoted?.replaceAll("''", "'") ?? number ?? word?.toLowerCase();
  return value === undefined ? undefined : { kind: "set", name: key, value };
}
