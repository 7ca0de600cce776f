import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type MutationBench, type Outcome, openMutationBench } from "./mutation-bench.ts";
import { openMutations } from "./mutations-open.ts";

const folder = path.resolve(import.meta.dirname, "../fixtures/mutations");
const fileOf = (...names: string[]) => readFileSync(path.join(folder, ...names), "utf8");
const mutations = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  if (!entry.isDirectory()) return [];
  const stated: readonly { readonly minVersion?: number }[] = [
    JSON.parse(fileOf(entry.name, "finding.json")),
  ].flat();
  const minVersion = Math.max(...stated.map((one) => one.minVersion ?? 0));
  return [{ name: entry.name, minVersion }];
});
/** By default every thirtieth one, and all of them with SOCRATES_DB_TEST_FULL=1. */
const step = process.env["SOCRATES_DB_TEST_FULL"] === "1" ? 1 : 30;

/** Objects that make the whole schema one that no script is proven for: only their own mutations have them. */
const unprovable = /^(?:base-type|security-label|shell-type|user-mapping-password)-/;
const without =
  "DROP TYPE code CASCADE; DROP TYPE hollow; ALTER USER MAPPING FOR PUBLIC SERVER far OPTIONS (DROP password); SET allow_system_table_mods = on; DELETE FROM pg_seclabel; RESET allow_system_table_mods;";

function check(name: string, { reasons, wrong }: Outcome): void {
  expect(wrong.join("\n")).toBe("");
  const reason = unprovable.test(name) ? "cannot be written as SQL" : openMutations[name];
  if (reason === undefined) expect(reasons.join("\n")).toBe("");
  else expect(reasons.join("\n")).toContain(reason);
}

describe.each([
  [
    "that a script can repair",
    `${fileOf("setup.sql")}\n${without}`,
    (name: string) => !unprovable.test(name),
  ],
  ["of what no script changes", fileOf("setup.sql"), (name: string) => unprovable.test(name)],
] as const)("a mutation %s", (_, setup, isWanted) => {
  const { version } = inject("server");
  let bench: MutationBench;
  beforeAll(async () => {
    bench = await openMutationBench(setup);
  });
  afterAll(() => bench.close());

  const possible = mutations.filter(({ name, minVersion }) => version >= minVersion && isWanted(name));
  it.each(possible.filter((_each, i) => i % step === 0))(
    "is reverted and repeated by proven scripts that arrive, or has a reason: $name",
    async ({ name }) => {
      const { back, forward } = await bench.judge(fileOf(name, "change.sql"), fileOf(name, "undo.sql"));
      check(`${name}, back`, back);
      check(`${name}, forward`, forward);
    },
  );
});
