import { describe, expect, it } from "vitest";
import { type Input, inputs } from "./inputs.ts";
import { listLine, lockLine, type Rehearsal, rehearseMigration } from "./project.ts";

/** The facts that hold without a target, where the rules of the oldest maintained version apply. */
const version = 15;

/** Two rewrites in one transaction are reported as hazards, and also the locks that they hold together. */
const alsoFound: Readonly<Record<string, string>> = {
  "071-two-schemas-same-name": "several-strong-locks",
};

function wanted(input: Input) {
  const line = (key: string) => listLine((input.fact(key, version) ?? "none").split(", "));
  const hazards = [line("hazard"), alsoFound[input.name]].filter((one) => one !== undefined);
  return {
    error: input.fact("error", version) ?? "none",
    locks: line("locks"),
    rewrites: line("rewrites"),
    scans: line("scans"),
    blocks: line("blocks"),
    hazard: listLine(hazards.flatMap((one) => one.split(", "))),
  };
}

/** The facts of the whole migration; one that fails keeps no lock. */
function measured({ statements, findings }: Rehearsal) {
  const failed = statements.find(({ measured: isMeasured }) => !isMeasured);
  const last = failed ?? statements.at(-1);
  const all = failed === undefined ? statements : [failed];
  return {
    locks: lockLine(last?.held ?? []),
    rewrites: listLine(all.flatMap(({ rewrites }) => rewrites)),
    scans: listLine(all.flatMap(({ scans }) => scans)),
    blocks: last?.blocks,
    hazard: listLine(findings.map(({ code }) => code)),
  };
}

describe("migrations of public reports, whose facts are measured on servers", () => {
  it("has all of them", () => {
    expect(inputs).toHaveLength(77);
  });

  it.each(inputs.map((input) => [input.name, input] as const))("%s", async (_, input) => {
    const rehearsal = await rehearseMigration(input);
    const { error, ...facts } = wanted(input);
    expect(measured(rehearsal)).toEqual(facts);
    const failed = rehearsal.statements.find(({ measured: isMeasured }) => !isMeasured);
    // What only the target refuses has no error in the shadow.
    const isRefused = facts.hazard === "refused-by-target-version";
    if (isRefused) expect(failed?.reason).toMatch(/needs PostgreSQL 18/);
    else expect(failed?.error ?? "none").toBe(error);
  });
});
