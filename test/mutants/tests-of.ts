/**
 * The tests that should notice a change, by path prefixes: the first row whose prefix matches a source. If none
 * matches, all tests of the folder with the same name run.
 */
const rows: readonly (readonly [sources: RegExp, tests: readonly string[]])[] = [
  [/^src\/diff\/(ignore|expectation)/, ["test/diff/", "test/verify/schema"]],
  [/^src\/diff\/inheritance/, ["test/diff/", "test/catalog/edges"]],
  [/^src\/diff\//, ["test/diff/"]],
  [/^src\/ledger\/peers/, ["test/verify/ledger"]],
  [/^src\/ledger\/(history|ledger)/, ["test/runner/", "test/verify/ledger"]],
  [/^src\/ledger\//, ["test/runner/"]],
  [/^src\/runner\/adopt/, ["test/adopt/"]],
  [
    /^src\/runner\/(rollback|data-loss)/,
    ["test/runner/rollback", "test/runner/data-loss", "test/runner/overlap", "test/migrations/ahead"],
  ],
  [
    /^src\/runner\/(settle|proof|half-built|outside-transaction)/,
    ["test/runner/interrupted", "test/runner/pooler", "test/runner/sql-errors", "test/runner/fresh-session"],
  ],
  [
    /^src\/runner\/(fresh-session|script-sql|notices|sql-error)/,
    [
      "test/runner/fresh",
      "test/runner/session",
      "test/runner/sql",
      "test/runner/messages",
      "test/runner/guard",
    ],
  ],
  [
    /^src\/runner\/(lost-commit|cancel)/,
    ["test/runner/lost-connection", "test/runner/interrupt", "test/runner/atomic"],
  ],
  [/^src\/runner\//, ["test/runner/", "test/migrations/", "test/cli/exit-codes"]],
  [/^src\/verify\/(checks\/)?access/, ["test/verify/access"]],
  [/^src\/verify\/(checks\/)?references/, ["test/verify/reference"]],
  [
    /^src\/verify\/(checks\/)?(index|recall)/,
    ["test/verify/index", "test/verify/building", "test/verify/schema"],
  ],
  [/^src\/verify\/(checks\/)?ledger/, ["test/verify/ledger", "test/cli/exit-codes"]],
  [/^src\/verify\/(checks\/)?(phases|downs|chain-document)/, ["test/verify/phases"]],
  [/^src\/verify\/(checks\/)?document/, ["test/verify/document", "test/verify/indexes", "test/document/"]],
];

/** The test files for a source. @param all every test file */
export function testsOf(source: string, all: readonly string[]): string[] {
  const [, folder = ""] = /^src\/([^/]+)/.exec(source) ?? [];
  const places = rows.find(([sources]) => sources.test(source))?.[1] ?? [`test/${folder}/`];
  return all.filter((test) => places.some((place) => test.startsWith(place)));
}
