import { SocratesError } from "../errors.ts";
import { dotted, ownName, parentOf, partsOfName } from "../schema/names.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { textIn } from "./names.ts";

/** A rename as the user writes it, in parts: `public.jar=public.pot`, `public.mood:sad=blue`. */
export interface RenameText {
  readonly text: string;
  /** The names of two parts of an object, or of three of a column, as the reader writes them. */
  readonly old: string;
  /** The types of a function's arguments, with parentheses. */
  readonly types: string | undefined;
  /** The label of an enum, and its new text. */
  readonly label: { readonly old: string; readonly new: string } | undefined;
  /** Of one to three parts; not set for labels. */
  readonly new: string;
}

const part = `(?:"(?:[^"]|"")+"|[^".:=()']+)`;
const label = `('(?:[^']|'')*'|[^='][^=]*)`;
const types = String.raw`(\([^=]*\))?`;
const ofLabel = new RegExp(`^(${part}\\.${part}):${label}=${label}$`);
const ofName = new RegExp(`^(${part}(?:\\.${part}){1,2})${types}=(${part}(?:\\.${part}){0,2})${types}$`);

function canonical(name: string): string {
  return dotted(...partsOfName(name));
}

function labelText(text: string): string {
  return text.startsWith("'") ? textIn(text) : text;
}

/**
 * Reads a rename.
 * @throws SocratesError `usage`
 */
export function readRename(text: string): RenameText {
  const [, type, before, after] = ofLabel.exec(text) ?? [];
  if (type !== undefined && before !== undefined && after !== undefined)
    return {
      text,
      old: canonical(type),
      types: undefined,
      label: { old: labelText(before), new: labelText(after) },
      new: "",
    };
  const [, old, signature, name] = ofName.exec(text) ?? [];
  if (old !== undefined && name !== undefined)
    return { text, old: canonical(old), types: signature, label: undefined, new: canonical(name) };
  throw new SocratesError("usage", `--rename "${text}" is not a rename`, {
    hint: "Write the old name with its schema, then the new one, for example public.jar=public.pot, public.jar.size=volume or public.mood:sad=blue.",
  });
}

function quoted(label: string): string {
  return `'${label.replaceAll("'", "''")}'`;
}

/**
 * Renames that reverse others: `public.pot.volume=size` for `public.jar.size=volume` where `public.jar=public.pot`.
 * @throws SocratesError `usage`
 */
export function reversedRenames(texts: readonly string[]): string[] {
  const renames = texts.map(readRename);
  const isOfColumn = ({ old }: RenameText) => parentOf(parentOf(old)) !== "";
  const fullName = ({ old, new: name }: RenameText) =>
    parentOf(name) === "" ? `${parentOf(old)}.${name}` : name;
  const objects = renames.filter((rename) => rename.label === undefined && !isOfColumn(rename));
  const newNames = new Map(objects.map((rename) => [rename.old, fullName(rename)]));
  const after = (name: string) => newNames.get(name) ?? name;
  return renames.map((rename) => {
    const { old, label } = rename;
    if (label !== undefined) return `${after(old)}:${quoted(label.new)}=${quoted(label.old)}`;
    const types =
      rename.types === undefined ? "" : `(${itemsOf(rename.types.slice(1, -1)).map(after).join(", ")})`;
    if (!isOfColumn(rename)) return `${fullName(rename)}${types}=${old}`;
    return `${after(parentOf(old))}.${ownName(rename.new)}=${ownName(old)}`;
  });
}
