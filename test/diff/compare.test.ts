import { describe, expect, it } from "vitest";
import { compareSchemas } from "../../src/diff/compare.ts";
import type { DerivedChange } from "../../src/schema/derived-change.ts";
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
function compare(
  expected: readonly SchemaObject[],
  actual: readonly SchemaObject[],
  derived: readonly DerivedChange[] = [],
): string[] {
  return compareSchemas(schemaOf(expected, [], 180000), schemaOf(actual, [], 180000), derived).map(
    (change) => {
      if (change.code === "changed")
        return `changed ${change.object.name} ${change.attributes.map(({ name }) => name).join(", ")}`;
      return change.code === "renamed"
        ? `renamed ${change.object.name} ${change.actual.name}`
        : `${change.code} ${change.object.name}`;
    },
  );
}

describe("compareSchemas", () => {
  it("finds nothing between equal schemas, whatever the order of their objects", () => {
    expect(compare(base, [...base].reverse())).toEqual([]);
  });

  it("reports a missing table once, not its columns and indexes", () => {
    expect(compare(base, [])).toEqual(["missing public.users"]);
    expect(compare([], base)).toEqual(["unexpected public.users"]);
  });

  it("also reports what only uses a missing column", () => {
    expect(compare(base, [table("users"), column("users.id")])).toEqual([
      "missing public.users.email",
      "missing public.users.idx_email",
    ]);
  });

  it("reports the attribute that differs, with both values", () => {
    const [change] = compareSchemas(
      schemaOf(base, [], 180000),
      schemaOf([...base.slice(0, 3), index("users.idx_email", "email", { unique: true })], [], 180000),
    );
    expect(change).toMatchObject({
      code: "changed",
      attributes: [{ name: "unique", expected: null, actual: true }],
    });
  });

  it("treats a missing attribute as null", () => {
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
    ).toEqual([
      "missing public.users.email",
      "missing public.users.idx_email",
      "unexpected public.users.mail",
    ]);
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

  it("does not treat objects without contents or extensions as renamed", () => {
    const [app, other] = [object("schema", "app"), object("schema", "other")];
    expect(compare([app], [other])).toEqual(["missing app", "unexpected other"]);
    const [citext, hstore] = [object("extension", "citext"), object("extension", "hstore")];
    expect(compare([citext], [hstore])).toEqual(["missing citext", "unexpected hstore"]);
    expect(compare([table("a")], [table("b")])).toEqual(["missing public.a", "unexpected public.b"]);
    expect(compare([object("sequence", "public.a")], [object("sequence", "public.b")])).toEqual([
      "missing public.a",
      "unexpected public.b",
    ]);
  });

  it("does not match tables whose columns have only their names in common", () => {
    const people = [table("people"), column("people.id", { type: "int" }), column("people.email")];
    expect(compare(base.slice(0, 3), people)).toEqual(["missing public.users", "unexpected public.people"]);
  });

  it("leaves out changes that are proven to follow from a column, and no others", () => {
    const retyped = [
      table("users"),
      column("users.id"),
      column("users.email", { type: "int" }),
      index("users.idx_email", "email", { predicate: "(email > 1)", unique: true }),
    ];
    const expected = [...base.slice(0, 3), index("users.idx_email", "email", { predicate: "(email > '1')" })];
    const echo: DerivedChange = {
      key: "index public.users.idx_email",
      attributes: ["predicate"],
      cause: "column public.users.email",
    };
    expect(compare(expected, retyped)).toEqual([
      "changed public.users.email type",
      "changed public.users.idx_email predicate, unique",
    ]);
    expect(compare(expected, retyped, [echo])).toEqual([
      "changed public.users.email type",
      "changed public.users.idx_email unique",
    ]);
    const plain = [...retyped.slice(0, 3), index("users.idx_email", "email", { predicate: "(email > 1)" })];
    const [change, ...others] = compareSchemas(schemaOf(expected, [], 180000), schemaOf(plain, [], 180000), [
      echo,
    ]);
    expect(others).toEqual([]);
    expect(change?.consequences.map(({ name }) => name)).toEqual(["public.users.idx_email"]);
  });

  it("keeps one of two changes that explain each other", () => {
    const child = (name: string, parent: string) =>
      object("table", `public.${name}`, { inherits: `public.${parent}` }, [
        keyOf("table", `public.${parent}`),
      ]);
    const expected = [table("a"), child("b", "a"), column("a.x")];
    const actual = [child("a", "b"), table("b"), column("b.x")];
    const changes = compareSchemas(schemaOf(expected, [], 180000), schemaOf(actual, [], 180000));
    const told = changes.flatMap(({ object: { name }, consequences }) => [
      name,
      ...consequences.map((one) => one.name),
    ]);
    expect([...new Set(told)].sort()).toEqual(["public.a", "public.a.x", "public.b", "public.b.x"]);
  });
});
