import { hostOf } from "../schema/hosts.ts";
import { type ObjectKey, type Schema, type SchemaObject, schemaOf } from "../schema/model.ts";
import type { AskedAccess } from "./access.ts";
import { keyOfObject } from "./dependencies.ts";
import { type Fates, fatesOf, type LeftAlone } from "./fates.ts";
import { destroysRows } from "./removal.ts";

export interface RepairOptions extends AskedAccess {
  /** Whether statements may destroy rows. */
  readonly allowDrops: boolean;
  /** Whether statements take their shortest form; otherwise others can read and write meanwhile where possible. */
  readonly plain?: boolean;
  /** Of the server that will run the statements; that of the present schema if undefined. */
  readonly serverVersion?: number;
  /** Renames that the user asks for, each as `public.jar=public.pot`. */
  readonly renames?: readonly string[];
  /** Whether privileges of existing objects change. */
  readonly privileges?: boolean;
  /** Whether owners of existing objects change. */
  readonly owners?: boolean;
  /** Changed objects that are dropped and created, as no other way has worked. */
  readonly replaced?: ReadonlySet<ObjectKey>;
}

/** What a script may do: the wanted schema, with what it leaves as it is. */
export interface Permitted {
  readonly to: Schema;
  readonly fates: Fates;
  readonly left: readonly LeftAlone[];
}

const reason = "dropping it destroys rows, which needs --allow-drops";

/** Objects whose removal destroys rows, without the contents of tables among them. */
function lossesIn(from: Schema, { of }: Fates): SchemaObject[] {
  const lost = [...from.objects].flatMap(([key, object]) => {
    const fate = of.get(key);
    return (fate === "drop" || fate === "rebuild") && destroysRows(object) ? [object] : [];
  });
  const keys = new Set(lost.map(keyOfObject));
  return lost.filter((object) => {
    const host = hostOf(object);
    return host === undefined || !keys.has(host);
  });
}

/** The wanted schema with some objects as they are: with their contents, and with what these need. */
export function keepAsTheyAre(from: Schema, to: Schema, lost: readonly SchemaObject[]): Schema {
  const objects = new Map(to.objects);
  const roots = new Set<ObjectKey>(lost.map(keyOfObject));
  const tables = new Set([...roots].filter((key) => key.startsWith("table ")));
  for (const [key, object] of to.objects)
    if (tables.has(hostOf(object) ?? keyOfObject(object))) objects.delete(key);
  const added = [...from.objects.values()].filter(
    (object) => roots.has(keyOfObject(object)) || tables.has(hostOf(object) ?? keyOfObject(object)),
  );
  // The list also grows by what these need and the wanted schema lacks.
  for (const object of added) {
    objects.set(keyOfObject(object), object);
    for (const need of object.needs) {
      const needed = from.objects.get(need);
      if (needed !== undefined && !objects.has(need)) added.push(needed);
    }
  }
  return schemaOf(objects.values(), to.uncovered, to.serverVersion);
}

/** Leaves everything as it is whose removal destroys rows, unless that is allowed. */
export function withKept(
  from: Schema,
  wanted: Schema,
  { allowDrops, replaced = new Set() }: RepairOptions,
): Permitted {
  let to = wanted;
  const left: LeftAlone[] = [];
  for (;;) {
    const fates = fatesOf(from, to, replaced);
    const known = new Set(left.map(({ key }) => key));
    const lost = allowDrops ? [] : lossesIn(from, fates).filter((object) => !known.has(keyOfObject(object)));
    if (lost.length === 0) return { to, fates, left };
    left.push(...lost.map((object) => ({ key: keyOfObject(object), reason })));
    to = keepAsTheyAre(from, to, lost);
  }
}
