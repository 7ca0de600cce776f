import { type Kind, keyOf, nameIn, type ObjectKey, type SchemaObject } from "../../schema/model.ts";
import { dotted } from "../../schema/names.ts";
import { catalogs, needsOf, type Registry } from "../registry.ts";
import type { RareRow } from "./rare-kind.ts";

/** The name of an object that is read by itself, not as a member of an extension. */
function nameOfRead(key: ObjectKey | undefined): string | undefined {
  return key === undefined || key.startsWith("extension ") ? undefined : nameIn(key);
}

function hostOf({ host }: RareRow, registry: Registry): ObjectKey | undefined {
  return host === null ? undefined : registry.key(...host);
}

function containerName({ container, containerText }: RareRow, registry: Registry): string | null {
  return (container === null ? undefined : nameOfRead(registry.key(...container))) ?? containerText;
}

/** The name of an object; undefined if its host is not read. */
function nameOf(row: RareRow, registry: Registry): string | undefined {
  const host = row.host === null || row.host[1] === 0 ? "" : nameOfRead(hostOf(row, registry));
  if (host === undefined) return undefined;
  const parts = row.names.filter((part) => part !== null);
  const own = `${dotted(...parts)}${row.suffix}` || (containerName(row, registry) ?? "");
  const before = row.schema === null ? host : dotted(row.schema);
  return before === "" ? own : `${before}.${own}`;
}

/** Objects within others come last, as their names begin with those of their hosts. */
export function registerRare(rows: readonly RareRow[], registry: Registry): void {
  const [apart, within] = [
    rows.filter(({ host }) => host === null),
    rows.filter(({ host }) => host !== null),
  ];
  for (const row of [...apart, ...within]) {
    const name = nameOf(row, registry);
    if (name === undefined) continue;
    for (const oid of [row.oid, ...row.also])
      if (oid !== 0) registry.add(row.classId, oid, keyOf(row.kind, name));
  }
}

/** The objects of one kind. */
export function rareObjects(rows: readonly RareRow[], registry: Registry, kind: Kind): SchemaObject[] {
  return rows.flatMap((row): SchemaObject[] => {
    const name = row.kind === kind ? nameOf(row, registry) : undefined;
    if (name === undefined) return [];
    const { container, containerAttribute } = row;
    const contained = container !== null && { [containerAttribute]: containerName(row, registry) };
    return [
      {
        kind,
        name,
        attributes: { ...contained, ...row.attributes },
        needs: needsOf(keyOf(kind, name), [
          row.schemaOid === null ? undefined : registry.key(catalogs.namespace, row.schemaOid),
          hostOf(row, registry),
          ...[...(container === null ? [] : [container]), ...(row.uses ?? [])].map((use) =>
            registry.key(...use),
          ),
        ]),
      },
    ];
  });
}
