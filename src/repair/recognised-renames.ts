import { alignSchemas } from "../schema/align.ts";
import { wholesOf } from "../schema/containment.ts";
import { type Kind, keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";
import { findRenames } from "../schema/renames.ts";
import { ofRoles } from "./access-ways.ts";
import { textOf } from "./names.ts";
import { renameSql } from "./rename-sql.ts";
import { type Step, stepOf } from "./steps.ts";
import { wayOf } from "./ways.ts";

/** Kinds with rows: a wrong guess loses them, so only the user renames them. */
const withRows: ReadonlySet<Kind> = new Set(["schema", "table", "column"]);

/** Kinds that are costly to create: their renames may come with other changes that need no new object. */
const costly: ReadonlySet<Kind> = new Set(["index", "constraint"]);

/** An object without what a separate statement changes after the rename. */
function withoutDetails(object: SchemaObject): SchemaObject {
  const isDetail = (name: string) =>
    ofRoles.has(name) ||
    name === "comment" ||
    (costly.has(object.kind) && wayOf(object.kind, name) !== "recreate");
  const attributes = Object.entries(object.attributes).filter(([name]) => !isDetail(name));
  return { ...object, attributes: Object.fromEntries(attributes) };
}

/** Before PostgreSQL 15, the triggers of partitions keep their names when that of the partitioned table changes. */
function isOfPartitions({ kind, name }: SchemaObject, { objects }: Schema): boolean {
  const table = kind === "trigger" ? objects.get(keyOf("table", parentOf(name))) : undefined;
  return table !== undefined && textOf(table, "partitionKey") !== undefined;
}

/** The steps that rename objects which are equal but for their names, without those that have rows. */
export function recognisedRenames(from: Schema, to: Schema): Step[] {
  const { missing, unexpected } = alignSchemas(to, from);
  const [wanted, present] = [missing, unexpected].map((objects) => wholesOf(objects.map(withoutDetails)));
  return [...findRenames(wanted ?? [], present ?? [])]
    .map(([{ root: after }, { root: before }]) => ({ before, after }))
    .filter(({ before }) => !withRows.has(before.kind) && !isOfPartitions(before, from))
    .map(({ before, after }) => stepOf(before, "rename", [renameSql(before, after.name)]));
}
