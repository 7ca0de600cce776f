import { describe, expect, it } from "vitest";
import type { ChainFiles, MigrationFile } from "../../src/migrations/files.ts";
import { checkLimit, type Plan, planDown, planFiles, planUp } from "../../src/migrations/plan.ts";
import { compareChain, type MigrationState, type MigrationStatus } from "../../src/migrations/validate.ts";

function file(database: string, number: number, phase: number): MigrationFile {
  const id = `00${number}_m`;
  return {
    number,
    name: "m",
    id,
    database,
    phase,
    noTransaction: false,
    irreversible: undefined,
    amends: false,
    source: { path: `/${id}.sql`, text: "" },
    checksum: `sum ${number}`,
    downPath: undefined,
  };
}

/** Numbers and phases of two interleaved chains. */
const files = [
  file("auth", 1, 0),
  file("specs", 2, 0),
  file("specs", 3, 1),
  file("auth", 4, 1),
  file("specs", 5, 2),
  file("auth", 6, 3),
  file("specs", 7, 3),
];
const chains: ChainFiles[] = ["auth", "specs"].map((database) => ({
  database,
  folder: "",
  migrations: files.filter((one) => one.database === database),
}));

function statuses(applied: number): { database: string; statuses: MigrationStatus[] }[] {
  return chains.map(({ database, migrations }) => ({
    database,
    statuses: migrations.map((one) => {
      const state: MigrationState = one.number <= applied ? "applied" : "pending";
      return { number: one.number, name: one.name, phase: one.phase, state, file: one, row: undefined };
    }),
  }));
}

const shape = (plan: Plan) =>
  plan.map(({ phase, parts }) => [
    phase,
    Object.fromEntries(parts.map((part) => [part.database, part.files.map(({ number }) => number)])),
  ]);

describe("the plan forward", () => {
  it("goes phase by phase, each database's files in order", () => {
    expect(shape(planUp(statuses(0), {}))).toEqual([
      [0, { auth: [1], specs: [2] }],
      [1, { auth: [4], specs: [3] }],
      [2, { specs: [5] }],
      [3, { auth: [6], specs: [7] }],
    ]);
  });
  it("ends with a phase or a number", () => {
    expect(shape(planUp(statuses(0), { phase: 1 })).map(([phase]) => phase)).toEqual([0, 1]);
    expect(planFiles(planUp(statuses(0), { number: 3 })).map(({ number }) => number)).toEqual([1, 2, 3]);
  });
  it("leaves out what is applied", () => {
    expect(planFiles(planUp(statuses(5), {})).map(({ number }) => number)).toEqual([6, 7]);
    expect(planUp(statuses(7), {})).toEqual([]);
  });
});

describe("the plan backward", () => {
  const numbers = (applied: number, limit: Parameters<typeof planDown>[1]) =>
    planFiles(planDown(statuses(applied), limit)).map(({ number }) => number);
  it("is the plan forward in reverse", () => {
    expect(shape(planDown(statuses(7), { number: 0 }))).toEqual([
      [3, { auth: [6], specs: [7] }],
      [2, { specs: [5] }],
      [1, { auth: [4], specs: [3] }],
      [0, { auth: [1], specs: [2] }],
    ]);
  });
  it("rolls back everything above a phase or a number, or the last few", () => {
    expect(numbers(7, { phase: 1 })).toEqual([6, 7, 5]);
    expect(numbers(7, { number: 4 })).toEqual([6, 7, 5]);
    expect(numbers(7, { steps: 1 })).toEqual([7]);
    expect(numbers(7, { steps: 99 })).toHaveLength(7);
    expect(numbers(4, { steps: 1 })).toEqual([4]);
    expect(numbers(0, { steps: 1 })).toEqual([]);
  });
});

it("the last migration to run is the one of the latest phase, whatever its number", () => {
  const crossed = [file("auth", 8, 5), file("specs", 9, 4)].map((one) => ({
    database: one.database,
    statuses: [
      {
        number: one.number,
        name: one.name,
        phase: one.phase,
        state: "applied",
        file: one,
        row: undefined,
      } as const,
    ],
  }));
  expect(planFiles(planDown(crossed, { steps: 1 })).map(({ number }) => number)).toEqual([8]);
});

describe("limits", () => {
  it.each([
    [{ phase: 9 }, "unknown phase 9", "The nearest is 3; the phases are 0, 1, 2, 3."],
    [
      { number: 8 },
      "unknown migration 008",
      "The nearest is 007; the migrations are 001, 002, 003, 004, 005, 006, 007.",
    ],
  ])("%j", (limit, message, hint) => {
    expect(() => checkLimit(chains, limit)).toThrow(
      expect.objectContaining({ code: "usage", message, hint }),
    );
  });
  it("that exist", () => {
    expect(() => checkLimit(chains, { phase: 0, number: 1 })).not.toThrow();
  });
});

describe("files compared with the ledger", () => {
  const [auth] = chains;
  const row = (number: number, change: object = {}) => ({
    number,
    name: "m",
    phase: number === 1 ? 0 : number === 4 ? 1 : 3,
    checksum: `sum ${number}`,
    appliedAt: new Date(0),
    durationMs: 1,
    appliedBy: "u",
    toolVersion: "0",
    ...change,
  });
  const states = (rows: ReturnType<typeof row>[]) =>
    auth === undefined
      ? []
      : compareChain(auth, { chain: "auth", rows, interrupted: [] }).map(
          ({ number, state }) => `${number} ${state}`,
        );
  it.each([
    ["nothing applied", [], ["1 pending", "4 pending", "6 pending"]],
    ["some applied", [row(1)], ["1 applied", "4 pending", "6 pending"]],
    ["edited", [row(1, { checksum: "x" })], ["1 edited", "4 pending", "6 pending"]],
    ["renamed", [row(1, { name: "n" })], ["1 renamed", "4 pending", "6 pending"]],
    ["of another phase", [row(1, { phase: 1 })], ["1 renamed", "4 pending", "6 pending"]],
    ["missing", [row(1), row(3)], ["1 applied", "3 missing", "4 pending", "6 pending"]],
    ["out of order", [row(1), row(6)], ["1 applied", "4 out-of-order", "6 applied"]],
  ])("%s", (_, rows, expected) => {
    expect(states(rows)).toEqual(expected);
  });
});
