import { SocratesError } from "../errors.ts";
import { type Kind, keyOf, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName, parentOf, partsOfName } from "../schema/names.ts";
import { itemsOf } from "../sql/parentheses.ts";
import { textLiteral } from "./literals.ts";
import { sqlName, textIn, textOf, withoutTypes } from "./names.ts";
import { moveSql, renameSql } from "./rename-sql.ts";
import { type RenameText, readRename } from "./rename-texts.ts";
import { type Step, stepOf } from "./steps.ts";

/** A new name for an object, a column or the label of an enum. */
interface Move {
  readonly object: SchemaObject;
  /** What shares one namespace: names of it are unique. */
  readonly space: string;
  readonly from: string;
  readonly to: string;
}

function refuse({ text }: RenameText, reason: string, hint: string): never {
  throw new SocratesError("usage", `--rename "${text}": ${reason}`, { hint });
}

const relationKinds: readonly Kind[] = ["table", "view", "sequence", "type"];
const routineKinds: readonly Kind[] = ["function", "aggregate"];

/** The tables, types, functions and the like with a name. */
function named({ objects }: Schema, name: string, types: string | undefined): SchemaObject[] {
  const found = relationKinds.flatMap((kind) => objects.get(keyOf(kind, name)) ?? []);
  const functions = [...objects.values()].filter(
    (object) =>
      routineKinds.includes(object.kind) &&
      (types === undefined ? withoutTypes(object.name) : object.name) === `${name}${types ?? ""}`,
  );
  return types === undefined ? [...found, ...functions] : functions;
}

function labelsOf(type: SchemaObject | undefined): string[] {
  const text = type === undefined ? undefined : textOf(type, "values");
  return text === undefined ? [] : itemsOf(text).map(textIn);
}

/** Reads renames against both schemas. */
class Reader {
  private readonly from: Schema;
  private readonly to: Schema;
  /** New names of objects, by their old keys. */
  private readonly names = new Map<ObjectKey, string>();

  constructor(from: Schema, to: Schema) {
    this.from = from;
    this.to = to;
  }

  objectMove(rename: RenameText): Move {
    const object = this.oldObject(rename);
    const isRoutine = routineKinds.includes(object.kind);
    const name = this.nameIn(parentOf(withoutTypes(object.name)), rename);
    if (named(this.to, name, undefined).every(({ kind }) => kind !== object.kind))
      refuse(
        rename,
        `the wanted schema has no ${object.kind} ${name}`,
        "Write the name that it has in the wanted schema.",
      );
    this.names.set(keyOf(object.kind, object.name), name);
    const types = object.name.slice(withoutTypes(object.name).length);
    const space = isRoutine ? "function" : "relation";
    return { object, space, from: object.name, to: `${name}${types}` };
  }

  columnMove(rename: RenameText): Move {
    const object = this.from.objects.get(keyOf("column", rename.old));
    if (object === undefined) this.refuseAbsent(rename, "column");
    const table = parentOf(object.name);
    const wantedTable = this.names.get(keyOf("table", table)) ?? table;
    const name = this.nameIn(wantedTable, rename);
    if (![table, wantedTable].includes(parentOf(name)))
      refuse(rename, "a column cannot move to another table", `Write the new name of the column alone.`);
    const wanted = `${wantedTable}.${ownName(name)}`;
    if (!this.to.objects.has(keyOf("column", wanted)))
      refuse(
        rename,
        `the wanted schema has no column ${wanted}`,
        "Write the name that it has in the wanted schema.",
      );
    return { object, space: "column", from: object.name, to: `${table}.${ownName(name)}` };
  }

  labelMove(rename: RenameText): Move {
    const label = rename.label ?? { old: "", new: "" };
    const object = this.from.objects.get(keyOf("type", rename.old));
    if (object === undefined) this.refuseAbsent(rename, "type");
    const name = this.names.get(keyOf("type", object.name)) ?? object.name;
    if (!labelsOf(object).includes(label.old)) this.refuseAbsent(rename, "label");
    if (!labelsOf(this.to.objects.get(keyOf("type", name))).includes(label.new))
      refuse(
        rename,
        `the wanted type ${name} has no label "${label.new}"`,
        "Write the label as it is in the wanted schema.",
      );
    return { object, space: `labels of ${object.name}`, from: label.old, to: label.new };
  }

  private oldObject(rename: RenameText): SchemaObject {
    const [object, other] = named(this.from, rename.old, rename.types);
    if (object === undefined) this.refuseAbsent(rename, "table, view, sequence, type or function");
    if (other !== undefined)
      refuse(
        rename,
        `${rename.old} is the name of ${object.kind} ${object.name} and of ${other.kind} ${other.name}`,
        "Of functions, also write the types of the arguments; other kinds with one name cannot be renamed together.",
      );
    return object;
  }

  /** The new name in full, which may be written without what precedes its last part. */
  private nameIn(parent: string, rename: RenameText): string {
    const isFull = parentOf(rename.new) !== "";
    const name = isFull ? rename.new : `${parent}.${rename.new}`;
    if (partsOfName(name).length !== partsOfName(rename.old).length)
      refuse(rename, "both names must be of a column, or both of another object", "Write one kind of name.");
    return name;
  }

  private refuseAbsent(rename: RenameText, what: string): never {
    const name = rename.label === undefined ? rename.old : `${rename.old}:${rename.label.old}`;
    refuse(
      rename,
      `the schema to change has no ${what} ${name}${rename.types ?? ""}`,
      "Write the name that it has there, with its schema.",
    );
  }
}

/** Whether a name is in use. */
function isTaken({ objects }: Schema, { space, object }: Move, name: string): boolean {
  if (space === "relation") return relationKinds.some((kind) => objects.has(keyOf(kind, name)));
  if (space === "function") return routineKinds.some((kind) => objects.has(keyOf(kind, name)));
  if (space === "column") return objects.has(keyOf("column", name));
  return labelsOf(objects.get(keyOf("type", object.name))).includes(name);
}

function temporaryName({ space, to }: Move, isFree: (name: string) => boolean): string {
  const parent = ["relation", "function", "column"].includes(space) ? `${parentOf(withoutTypes(to))}.` : "";
  const types = to.slice(withoutTypes(to).length);
  for (let i = 1; ; i++) {
    const name = `${parent}renamed_${i}${types}`;
    if (isFree(name)) return name;
  }
}

/** Moves in an order in which each new name is free; a circle goes by way of another name. */
function inFreeOrder(moves: readonly Move[], from: Schema): Move[] {
  const waiting = [...moves];
  const ordered: Move[] = [];
  const blocks = (other: Move, move: Move) => other.space === move.space && other.from === move.to;
  while (waiting.length > 0) {
    const at = waiting.findIndex((move) => !waiting.some((other) => other !== move && blocks(other, move)));
    const [move] = waiting.splice(Math.max(at, 0), 1);
    if (move === undefined) break;
    if (at >= 0) ordered.push(move);
    else {
      const name = temporaryName(move, (one) => !isTaken(from, move, one));
      ordered.push({ ...move, to: name });
      const object = move.space.startsWith("labels ") ? move.object : { ...move.object, name };
      waiting.push({ ...move, object, from: name });
    }
  }
  return ordered;
}

function sqlOf(move: Move, from: Schema): string[] {
  const { object, space } = move;
  if (space === "column") return [renameSql(object, move.to)];
  if (space === "relation" || space === "function")
    return moveSql(object, move.to, (name) => isTaken(from, move, name));
  return [
    `ALTER TYPE ${sqlName(object.name)} RENAME VALUE ${textLiteral(move.from)} TO ${textLiteral(move.to)}`,
  ];
}

/** Refuses names that two renames use, and new names of other objects. */
function check(renames: readonly RenameText[], moves: readonly Move[], from: Schema): void {
  const seen = new Map<string, RenameText>();
  moves.forEach((move, i) => {
    const rename = renames[i];
    if (rename === undefined) return;
    for (const name of [`old ${move.space} ${move.from}`, `new ${move.space} ${move.to}`]) {
      if (seen.has(name))
        refuse(
          rename,
          `--rename "${seen.get(name)?.text}" names the same object`,
          "Name each object in one rename.",
        );
      seen.set(name, rename);
    }
    const isFreed = moves.some((other) => other.space === move.space && other.from === move.to);
    if (!isFreed && isTaken(from, move, move.to))
      refuse(rename, `the schema to change already has ${move.to}`, "Rename that one too, or drop it first.");
  });
}

/** The schema that a move needs and the changed side lacks. */
function newSchemas(moves: readonly Move[], from: Schema): Step[] {
  const moved = moves.filter(({ space }) => space === "relation" || space === "function");
  const schemas = new Set(moved.map(({ to }) => parentOf(withoutTypes(to))));
  return [...schemas]
    .filter((name) => !from.objects.has(keyOf("schema", name)))
    .sort()
    .map((name) => stepOf({ kind: "schema", name }, "create", [`CREATE SCHEMA ${sqlName(name)}`]));
}

/**
 * The steps that rename what the user says, in an order that works.
 * @throws SocratesError `usage`
 */
export function requestedRenames(texts: readonly string[], from: Schema, to: Schema): Step[] {
  const renames = texts.map(readRename);
  const reader = new Reader(from, to);
  const isColumn = ({ old, label }: RenameText) => label === undefined && parentOf(parentOf(old)) !== "";
  const isLabel = ({ label }: RenameText) => label !== undefined;
  const objects = renames.filter((rename) => !isColumn(rename) && !isLabel(rename));
  // Columns and labels come first, under the old names of their tables and types; they are read last.
  const moved = objects.map((rename) => reader.objectMove(rename));
  const others = renames.filter((rename) => !objects.includes(rename));
  const inside = others.map((rename) =>
    isLabel(rename) ? reader.labelMove(rename) : reader.columnMove(rename),
  );
  check([...others, ...objects], [...inside, ...moved], from);
  // A function is called with the old names of its types.
  const functions = moved.filter(({ space }) => space === "function");
  const relations = moved.filter((move) => !functions.includes(move));
  const ordered = inFreeOrder([...inside, ...functions, ...relations], from);
  const steps = ordered.map((move) => stepOf(move.object, "rename", sqlOf(move, from)));
  return [...newSchemas(moved, from), ...steps];
}
