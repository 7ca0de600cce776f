/** Fixtures of comparisons in a direction for which no script is proven yet, with a part of the reason. */
export const openDiffFixtures: Readonly<Record<string, string>> = {
  // INHERIT leaves the columns and checks as the table's own.
  "no-inherit, back": "column public.tugs.id is unexpected",
  "partition-detached-and-more, forward": "type of column public.log_1.place is text",
  "partition-detached-and-more, back": 'different type for column "place"',
};

const inBoth = (name: string, side: (words: string) => string) => [
  [`${name}, back`, side("present")],
  [`${name}, forward`, side("wanted")],
];

/** Mutations in a direction for which no script is proven, with a part of the reason. One that is fails the test. */
export const openMutations: Readonly<Record<string, string>> = Object.fromEntries([
  // States of a build that failed: scripts end them, and no statement makes them.
  ...["index", "constraint-index"].flatMap((kind) =>
    ["invalid", "not-live", "not-ready"].map((state) => [
      `${kind}-${state}, forward`,
      `${state === "invalid" ? "valid" : state.slice(4)} of ${kind.replace("-index", "")}`,
    ]),
  ),
  // The catalog says it of the index and not of the table, or of a column that may be NULL, as no statement does.
  ...inBoth(
    "constraint-index-replica-identity",
    (side) => `the rebuilt ${side} side differs: replicaIdentity of table`,
  ),
  ...inBoth("index-replica-identity", (side) => `the ${side} side cannot be rebuilt: index "thing_d"`),
  // PostgreSQL refuses to create what the mutation writes to the catalog.
  ...inBoth("collation-deterministic", (side) => `the ${side} side cannot be rebuilt: nondeterministic`),
  ...inBoth("collation-rules", (side) => `the ${side} side cannot be rebuilt: ICU rules`),
  ...inBoth("operator-class-storage", (side) => `the ${side} side cannot be rebuilt: storage type`),
  // The type exists as a shell before its function, which only internal code or C can be.
  ...inBoth("range-canonical", (side) => `type public.stretch of the ${side} side cannot be written as SQL`),
  // The embedded engine lacks the functions of this encoding.
  ...inBoth("conversion-to", (side) => `the ${side} side cannot be rebuilt: the embedded engine`),
  // Every database has it, and the shadows need it.
  ...inBoth("extension-missing", (side) => `the rebuilt ${side} side differs: extension plpgsql`),
]);
