import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSchema } from "../../src/catalog/read.ts";
import type { Session } from "../../src/database/session.ts";
import { sortFindings } from "../../src/diff/finding.ts";
import { schemaFindings } from "../../src/diff/findings.ts";
import type { Schema } from "../../src/schema/model.ts";
import { comparable } from "../../src/shadow/comparable.ts";
import { withPrinter } from "../../src/shadow/printer.ts";
import { makePlace, type Place } from "../support/place.ts";
import { connectTo } from "../support/session.ts";

const folder = path.resolve(import.meta.dirname, "../fixtures/diff");
const cases = readdirSync(folder).sort();

/** A new case needs no TypeScript: it is a folder with before.sql, after.sql and findings.json. */
describe("cases of before.sql and after.sql (fault 54)", () => {
  const places: Place[] = [];
  let server: Session;
  let embedded: Session;
  beforeAll(async () => {
    places.push(await makePlace("server"), await makePlace("embedded"));
    [server, embedded] = [await connectTo(places[0], "auth"), await connectTo(places[1], "auth")];
  });
  afterAll(async () => {
    await Promise.all([server.close(), embedded.close()]);
    await Promise.all(places.map((place) => place.dispose()));
  });

  async function schemaOf(session: Session, sql: string): Promise<Schema> {
    await session.run(
      `DROP SCHEMA IF EXISTS app, other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${sql}`,
    );
    return readSchema(session);
  }

  async function compare(expected: Schema, actual: Schema): Promise<string[]> {
    const printed = await withPrinter({}, (printer) => comparable(expected, actual, printer));
    const findings = schemaFindings({
      database: "auth",
      ...printed,
      labels: { expected: "before", actual: "after" },
    });
    return sortFindings(findings).map(
      ({ severity, code, kind, object, attributes = [], consequences = [] }) =>
        [
          [severity, code, kind, object].join(" "),
          attributes.map(({ name }) => name).join(", "),
          consequences.map((consequence) => `${consequence.kind} ${consequence.object}`).join(", "),
        ]
          .filter((part) => part !== "")
          .join("; "),
    );
  }

  it.each(cases)("%s", async (name) => {
    const read = (file: string) => readFileSync(path.join(folder, name, file), "utf8");
    const [before, after] = [read("before.sql"), read("after.sql")];
    const golden = JSON.parse(read("findings.json"));
    const onServer = { before: await schemaOf(server, before), after: await schemaOf(server, after) };
    const onEmbedded = { before: await schemaOf(embedded, before), after: await schemaOf(embedded, after) };
    expect(await compare(onServer.before, onServer.after)).toEqual(golden.forward);
    expect(await compare(onServer.after, onServer.before)).toEqual(golden.backward);
    // The same SQL on two versions gives the same schema, and a change gives the same finding.
    expect(await compare(onEmbedded.before, onServer.before)).toEqual([]);
    const errors = (await compare(onEmbedded.after, onServer.after)).filter((line) =>
      line.startsWith("error"),
    );
    expect(errors).toEqual([]);
    expect(await compare(onEmbedded.before, onServer.after)).toEqual(golden.forward);
  });
});
