import { keyOf, nameIn, type ObjectKey, type Schema, type SchemaObject } from "../schema/model.ts";
import { parentOf } from "../schema/names.ts";
import { dependenciesOf, tableOfColumn } from "./dependencies.ts";
import type { Fates } from "./fates.ts";
import { namesOf } from "./free-names.ts";
import { lateColumns } from "./late-columns.ts";
import { originsOf } from "./origins.ts";
import type { RepairSteps } from "./repair-steps.ts";
import type { Step } from "./steps.ts";

/** Whether an object needs columns that are NOT NULL. */
function needsNotNull({ attributes }: SchemaObject): boolean {
  return attributes["type"] === "primary key" || attributes["replicaIdentity"] === true;
}

/** Puts the steps into relation: each knows the steps that come before it. */
export function relateSteps(from: Schema, to: Schema, fates: Fates, steps: RepairSteps): void {
  const { takes, ends, loosens, alters, creates, tightens } = steps;
  const [before, after] = [dependenciesOf(from), dependenciesOf(to)];
  const put = (step: Step | undefined, earlier: Step | undefined) => {
    if (step !== undefined && earlier !== undefined && step !== earlier) step.after.add(earlier);
  };
  /** What creates the column that will own a sequence: the sequence can exist before it. */
  const ownerOf = (sequence: ObjectKey) => {
    const owner = to.objects.get(sequence)?.attributes["ownedBy"];
    return typeof owner === "string"
      ? (creates.get(keyOf("column", owner)) ?? creates.get(keyOf("table", parentOf(owner))))
      : undefined;
  };
  const madeFor = (step: Step, needs: readonly ObjectKey[]) => {
    for (const need of needs.flatMap((one) => originsOf(one, to))) {
      put(step, creates.get(need) ?? creates.get(tableOfColumn(need)));
      if (ownerOf(need) !== step) put(step, alters.get(need));
    }
  };

  // Users go before what they use is dropped or changed.
  for (const [key, step] of takes) {
    const object = from.objects.get(key);
    if (object === undefined) continue;
    for (const need of before.needsOf(object).flatMap((one) => originsOf(one, from))) {
      put(takes.get(need), step);
      // A new label of an enum concerns nothing that uses the others.
      if (alters.get(need)?.mode !== "apart") put(alters.get(need), step);
    }
  }
  for (const [key, step] of loosens) {
    const is = from.objects.get(key);
    for (const need of is === undefined ? [] : before.needsOf(is)) put(takes.get(need), step);
    const owner = is?.kind === "sequence" ? is.attributes["ownedBy"] : undefined;
    if (typeof owner === "string")
      for (const owning of [keyOf("column", owner), keyOf("table", parentOf(owner))])
        put(takes.get(owning), step);
  }
  for (const [key, step] of alters) {
    const [is, wanted] = [from.objects.get(key), to.objects.get(key)];
    if (is === undefined || wanted === undefined) continue;
    const needs = after.needsOf(wanted);
    madeFor(step, needs);
    put(step, loosens.get(key));
    put(step, ownerOf(key));
    for (const need of before.needsOf(is)) {
      const end = ends.get(need);
      if (end !== undefined) put(end, step);
      else if (!needs.includes(need) && (need.startsWith("type ") || !loosens.has(key)))
        put(takes.get(need), step);
    }
  }
  for (const [key, step] of ends)
    for (const need of from.objects.get(key)?.needs ?? []) put(ends.get(need), step);
  for (const [key, { steps: chain }] of tightens) {
    const wanted = to.objects.get(key);
    madeFor(chain[0], wanted === undefined ? [] : after.needsOf(wanted));
    put(chain[0], alters.get(key));
  }
  for (const [step, needs] of steps.needs) madeFor(step, needs);
  for (const [key, step] of creates) {
    const wanted = to.objects.get(key);
    if (wanted === undefined) continue;
    put(step, takes.get(key));
    // A part follows the changes of its table: it becomes a partition, for example.
    put(step, alters.get(`table ${parentOf(wanted.name)}`));
  }
  for (const [key, step] of [...creates, ...alters]) {
    const wanted = to.objects.get(key);
    if (wanted === undefined || !needsNotNull(wanted)) continue;
    for (const need of after.needsOf(wanted)) put(step, tightens.get(need)?.main);
  }

  // To stop clustering a table by one index also stops it by another one.
  const clustered = (key: ObjectKey, value: boolean) =>
    to.objects.get(key)?.attributes["clustered"] === value;
  for (const [key, step] of alters) {
    if (!clustered(key, false) || fates.changes.get(key)?.has("clustered") !== true) continue;
    const isOfTable = (other: ObjectKey) => parentOf(nameIn(other)) === parentOf(nameIn(key));
    for (const [other, later] of [...creates, ...alters])
      if (clustered(other, true) && isOfTable(other)) put(later, step);
  }

  for (const [column, triggers] of lateColumns(to.objects))
    for (const trigger of triggers) put(creates.get(trigger), takes.get(column));

  // A logged table cannot refer to an unlogged one.
  for (const [, { kind, name, attributes }] of to.objects) {
    if (kind !== "constraint" || attributes["type"] !== "foreign key") continue;
    const [own, referenced] = [
      keyOf("table", parentOf(name)),
      keyOf("table", String(attributes["referencedTable"])),
    ];
    const isLogged = to.objects.get(referenced)?.attributes["persistence"] === "permanent";
    const [first, second] = isLogged ? [referenced, own] : [own, referenced];
    if (fates.changes.get(own)?.has("persistence") && fates.changes.get(referenced)?.has("persistence"))
      put(alters.get(second), alters.get(first));
  }

  // A name is free before it is used again.
  const freed = new Map<string, Step>();
  for (const [key, step] of takes)
    for (const name of namesOf(from.objects.get(key) ?? nothing)) freed.set(name, step);
  for (const [key, step] of loosens)
    for (const name of namesOf(from.objects.get(key) ?? nothing)) freed.set(name, step);
  for (const [key, step] of [...creates, ...alters])
    for (const name of namesOf(to.objects.get(key) ?? nothing)) put(step, freed.get(name));
}

const nothing: SchemaObject = { kind: "schema", name: "", attributes: {}, needs: [] };
