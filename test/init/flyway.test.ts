// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Flyway writes its placeholders like templates.
import { describe, expect, it } from "vitest";
import { taken } from "./repository.ts";

describe("Flyway", () => {
  it.each([
    [
      { "sql/V1__a.sql": "SELECT 1;", "sql/V1.0__b.sql": "SELECT 2;" },
      "V1__a.sql: has the same version, 1, as V1.0__b.sql",
    ],
    [
      { "sql/V1__a.sql": "SELECT 1;", "sql/V1__a.sql.conf": "shouldExecute=${run}\n" },
      "V1__a.sql.conf: shouldExecute=${run}: whether it runs is decided elsewhere",
    ],
    [
      { "sql/V1__a.sql": "SELECT '${b}';" },
      "V1__a.sql: line 1: ${b} has no value in flyway.conf or flyway.toml; add one, or set placeholderReplacement = false if it is text",
    ],
    [
      { "sql/V1__a.sql": "SELECT 1;", "src/V2__B.java": "" },
      "src/V2__B.java: is a migration that is not SQL; start with a baseline of a database that has all of them: socrates-db init --from KEY=URL",
    ],
  ])("refuses %j", async (files, reason) => {
    expect(await taken(files)).toMatchObject({ tool: "flyway", files: {}, refused: [reason] });
  });
  it.each([
    ["flyway.conf", "flyway.placeholders.b=c\nflyway.locations=filesystem:sql"],
    ["flyway.toml", '[flyway]\nlocations = [\n  "filesystem:sql"\n]\n[flyway.placeholders]\nb = "c" # d\n'],
    ["src/main/resources/application.properties", "spring.flyway.placeholders.b = c\n"],
    ["src/main/resources/application.yml", 'spring:\n  flyway:\n    placeholders:\n      b: "c"\n'],
    [
      "pom.xml",
      "<plugin><artifactId>flyway-maven-plugin</artifactId><configuration><placeholders><b>c</b></placeholders></configuration></plugin>",
    ],
  ])("finds the values of placeholders in %s", async (name, text) => {
    const { files, warnings } = await taken({
      [name]: text,
      "sql/sub/V1__a.sql": "SELECT '${B}' -- ${x}\n;",
    });
    expect(files["001_a.sql"]).toContain("SELECT 'c' -- ${x}\n");
    expect(warnings.join("\n")).toContain("V1__a.sql: ${B} replaced by the value in Flyway's settings");
  });
  it("leaves text alone where placeholders are off", async () => {
    const { files } = await taken({
      "flyway.conf": "flyway.placeholderReplacement=false",
      "sql/V1__a.sql": "SELECT '${b}';",
    });
    expect(files["001_a.sql"]).toContain("'${b}'");
  });
  it("names a default schema that the migrations lose", async () => {
    const { warnings } = await taken({ "flyway.conf": "flyway.schemas=app,b", "sql/V1__a.sql": "SELECT 1;" });
    expect(warnings[0]).toBe(
      "sql: Flyway's settings make app the default schema; from now on, names without a schema are those of public",
    );
  });
  it("reads one of several folders", async () => {
    const files = { "a/V1__a.sql": "SELECT 1;", "b/V1__b.sql": "SELECT 2;" };
    expect((await taken(files)).refused).toEqual([
      "a: one of 2 folders of migrations (Flyway, 1 migration): choose with --tool flyway or --folder a",
      "b: one of 2 folders of migrations (Flyway, 1 migration): choose with --tool flyway or --folder b",
    ]);
    expect(Object.keys((await taken(files, "--folder", "./b/")).files)).toEqual(["001_b.sql"]);
  });
});
