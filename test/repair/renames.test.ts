import { beforeAll, describe, expect, it } from "vitest";
import { SocratesError } from "../../src/errors.ts";
import { reversedRenames } from "../../src/repair/rename-texts.ts";
import { requestedRenames } from "../../src/repair/requested-renames.ts";
import type { Schema } from "../../src/schema/model.ts";
import { withShadow } from "../../src/shadow/open.ts";

const old = `CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE jar (id integer, size integer, feeling mood);
CREATE TABLE "Odd.name" (id integer, "a=b" text);
CREATE TABLE cup (id integer);
CREATE FUNCTION half(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION half(text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION pair(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE SEQUENCE pair;`;

const next = `CREATE TYPE mood AS ENUM ('blue', 'glad');
CREATE TABLE pot (id integer, volume integer, feeling mood);
CREATE TABLE tidy (id integer, "c=d" text);
CREATE TABLE cup (id integer);
CREATE FUNCTION halved(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION halved(text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE SEQUENCE numbers;`;

let from: Schema;
let to: Schema;

async function schemaOf(sql: string): Promise<Schema> {
  return withShadow({}, async (shadow) => {
    await shadow.run(sql);
    return shadow.readSchema({ exact: true });
  });
}

beforeAll(async () => {
  [from, to] = [await schemaOf(old), await schemaOf(next)];
});

function sqlOf(renames: readonly string[]): string[] {
  return requestedRenames(renames, from, to).flatMap(({ sql }) => sql);
}

describe("--rename", () => {
  it.each([
    [["public.jar=pot"], ["ALTER TABLE public.jar RENAME TO pot"]],
    [
      ["public.jar=public.pot", "public.jar.size=public.pot.volume"],
      ["ALTER TABLE public.jar RENAME COLUMN size TO volume", "ALTER TABLE public.jar RENAME TO pot"],
    ],
    [
      ['public."Odd.name"=public.tidy', 'public."Odd.name"."a=b"="c=d"'],
      [
        'ALTER TABLE public."Odd.name" RENAME COLUMN "a=b" TO "c=d"',
        'ALTER TABLE public."Odd.name" RENAME TO tidy',
      ],
    ],
    [["public.half(text)=halved"], ["ALTER FUNCTION public.half(text) RENAME TO halved"]],
    [["public.mood:'sad'=blue"], ["ALTER TYPE public.mood RENAME VALUE 'sad' TO 'blue'"]],
  ])("plans %j", (renames, sql) => expect(sqlOf(renames)).toEqual(sql));

  it.each([
    ["jar=pot", '--rename "jar=pot" is not a rename'],
    ["public.jar", '--rename "public.jar" is not a rename'],
    ["public.jar=", '--rename "public.jar=" is not a rename'],
    ["public.lid=pot", "the schema to change has no table, view, sequence, type or function public.lid"],
    ["public.jar=bowl", "the wanted schema has no table public.bowl"],
    ["public.jar.width=volume", "the schema to change has no column public.jar.width"],
    ["public.jar.size=volume", "the wanted schema has no column public.jar.volume"],
    ["public.jar=public.cup", "the schema to change already has public.cup"],
    ["public.half=halved", "is the name of function public.half(integer) and of function public.half(text)"],
    ["public.pair=numbers", "is the name of sequence public.pair and of function public.pair(integer)"],
    ["public.jar=public.pot.volume", "both names must be of a column, or both of another object"],
    ["public.mood:calm=blue", "the schema to change has no label public.mood:calm"],
    ["public.mood:sad=calm", 'the wanted type public.mood has no label "calm"'],
    ["public.temper:sad=blue", "the schema to change has no type public.temper:sad"],
  ])("refuses %s", (rename, message) => {
    expect(() => sqlOf([rename])).toThrow(SocratesError);
    expect(() => sqlOf([rename])).toThrow(message);
  });

  it.each([
    [["public.jar=pot", "public.jar=public.pot"]],
    [["public.jar=pot", "public.cup=pot"]],
    [["public.mood:sad=blue", "public.mood:sad=glad"]],
  ])("refuses %j, which name one object twice", (renames) => {
    expect(() => sqlOf(renames)).toThrow(`"${renames[0]}" names the same object`);
  });

  it("refuses to move a column to another table", () => {
    const renames = ["public.jar=pot", "public.jar.size=public.cup.id"];
    expect(() => sqlOf(renames)).toThrow("a column cannot move to another table");
  });

  it("reverses renames of objects together with what they contain", () => {
    const renames = [
      "public.jar.size=volume",
      "public.jar=store.pot",
      "public.mood:it's=fine",
      "public.mood=public.temper",
      "public.half(public.mood, text)=public.halved",
    ];
    const reversed = reversedRenames(renames);
    expect(reversed).toEqual([
      "store.pot.volume=size",
      "store.pot=public.jar",
      "public.temper:'fine'='it''s'",
      "public.temper=public.mood",
      "public.halved(public.temper, text)=public.half",
    ]);
  });
});
