import { describe, expect, it } from "vitest";
import { compareSchemas } from "../../src/diff/compare.ts";
import {
  type Attribute,
  type Kind,
  keyOf,
  type ObjectKey,
  type SchemaObject,
  schemaOf,
} from "../../src/schema/model.ts";

function object(
  kind: Kind,
  name: string,
  attributes: Record<string, Attribute> = {},
  needs: readonly ObjectKey[] = [],
): SchemaObject {
  return { kind, name, attributes, needs };
}

const table = (name: string) => object("table", `public.${name}`);
const column = (place: string, attributes: Record<string, Attribute> = { type: "text" }) =>
  object("column", `public.${place}`, attributes, [keyOf("table", `public.${place.split(".")[0]}`)]);
const index = (place: string, columns: string, attributes: Record<string, Attribute> = {}) => {
  const [of = ""] = place.split(".");
  return object("index", `public.${place}`, { columns, ...attributes }, [
    keyOf("table", `public.${of}`),
    keyOf("column", `public.${of}.${columns}`),
  ]);
};

const base = [table("users"), column("users.id"), column("users.email"), index("users.idx_email", "email")];

/** The changes between two lists of objects, in short. */
function compare(expected: readonly SchemaObject[], actual: readonly SchemaObject[]): string[] {
  return compareSchemas(schemaOf(expected, [], 180000), schemaOf(actual, [], 180000)).map((change) => {
    if (change.code === "changed") return `changed ${change.object.name} ${change.attribute}`;
    return change.code === "renamed"
      ? `renamed ${change.object.name} ${change.actual.name}`
      : `${change.code} ${change.object.name}`;
  });
}

describe("compareSchemas", () => {
  it("finds nothing between equal schemas, whatever the order of their objects", () => {
    expect(compare(base, [...base].reverse())).toEqual([]);
  });

  it("reports a missing table once, not its columns and indexes", () => {
    expect(compare(base, [])).toEqual(["missing public.users"]);
    expect(compare([], base)).toEqual(["unexpected public.users"]);
  });

  it("reports a missing column once, not the index on it", () => {
    expect(compare(base, [table("users"), column("users.id")])).toEqual(["missing public.users.email"]);
  });

  it("names the attribute that differs, with both values", () => {
    const [change] = compareSchemas(
      schemaOf(base, [], 180000),
      schemaOf([...base.slice(0, 3), index("users.idx_email", "email", { unique: true })], [], 180000),
    );
    expect(change).toMatchObject({ code: "changed", attribute: "unique", expected: null, actual: true });
  });

  it("takes an attribute that one side lacks for null", () => {
    expect(compare([column("users.id", { type: "text", compression: null })], [column("users.id")])).toEqual(
      [],
    );
  });

  it("recognises a renamed index, column and table by place and definition", () => {
    expect(compare(base, [...base.slice(0, 3), index("users.idx_mail", "email")])).toEqual([
      "renamed public.users.idx_email public.users.idx_mail",
    ]);
    expect(
      compare(base, [table("users"), column("users.id"), column("users.mail", { type: "citext" })]),
    ).toEqual(["missing public.users.email", "unexpected public.users.mail"]);
    expect(compare(base.slice(0, 3), [table("people"), column("people.id"), column("people.email")])).toEqual(
      ["renamed public.users public.people"],
    );
  });

  it("does not guess between two equally likely new names", () => {
    const twins = [index("users.idx_a", "email"), index("users.idx_b", "email")];
    expect(compare(base, [...base.slice(0, 3), ...twins])).toEqual([
      "missing public.users.idx_email",
      "unexpected public.users.idx_a",
      "unexpected public.users.idx_b",
    ]);
  });

  it("leaves out what only echoes the changed type of a column, but not what differs beside a changed comment", () => {
    const retyped = [
      table("users"),
      column("users.id"),
      column("users.email", { type: "int" }),
      index("users.idx_email", "email", { operatorClasses: "int4_ops" }),
    ];
    expect(compare(base, retyped)).toEqual(["changed public.users.email type"]);
    const commented = [
      table("users"),
      column("users.id"),
      column("users.email", { type: "text", comment: "x" }),
      index("users.idx_email", "email", { unique: true }),
    ];
    expect(compare(base, commented)).toEqual([
      "changed public.users.email comment",
      "changed public.users.idx_email unique",
    ]);
  });
});
