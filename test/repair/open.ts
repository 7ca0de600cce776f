/** Pairs in a direction for which no script is proven or arrives yet, with a part of the reason. One that does fails the test. */
export const open: Readonly<Record<string, string>> = {
  "116-unqualified-body-rewritten forward": "function plain(text) does not exist",
  "116-unqualified-body-rewritten back": "function plain(text) does not exist",
};

/** Pairs in a direction whose rows the script cannot keep: its first statement stops it, with this message. */
export const stopped: Readonly<Record<string, string>> = {
  "027-rows-in-default-partition forward":
    "public.sales_rest, the default partition, must have no rows of public.sales_2025; offending rows: 1",
  "032-not-null-without-default forward":
    "public.pets must have no rows, as its new column public.pets.kind is NOT NULL without a default; offending rows: 1",
};

/**
 * Pairs that no server from 17 on can hold: it creates indexes under a safe search_path, where their functions do not find
 * others that they name without a schema (manual, release notes of 17).
 */
export const untilVersion17: ReadonlySet<string> = new Set([
  "053-unqualified-body-in-index",
  "116-unqualified-body-rewritten",
]);
