import { matrix } from "./matrix.ts";

/** A test of a fault, and how it ended. */
export interface FaultTest {
  readonly file: string;
  /** Titles from the outermost `describe` on. */
  readonly title: string;
  readonly faults: readonly number[];
  readonly state: "passed" | "failed" | "skipped" | "pending";
  /** Why it was skipped. */
  readonly note: string | undefined;
}

/** The result of one row, as text. */
export function resultOf(tests: readonly FaultTest[]): string {
  const count = (state: FaultTest["state"]) => tests.filter((test) => test.state === state).length;
  if (tests.length === 0) return "no test";
  if (count("failed") > 0) return `${count("failed")} failed`;
  const reasons = new Set(
    tests.flatMap(({ state, note }) => (state === "skipped" ? [note ?? "no reason given"] : [])),
  );
  const skipped = reasons.size === 0 ? "" : `${count("skipped")} skipped: ${[...reasons].sort().join("; ")}`;
  return [count("passed") > 0 ? `${count("passed")} passed` : "", skipped]
    .filter((text) => text !== "")
    .join(", ");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/**
 * The page of all faults: the tests of each, and their results. The same results give the same bytes.
 * @param earlier unchanged rows, by number: those whose tests did not all run
 */
export function faultsPage(
  tests: readonly FaultTest[],
  earlier: ReadonlyMap<number, string> = new Map(),
): string {
  const rows = matrix.map(({ number, fault, holds }) => {
    const kept = earlier.get(number);
    if (kept !== undefined) return kept;
    const own = tests.filter(({ faults }) => faults.includes(number));
    const files = [...new Set(own.map(({ file }) => file))].sort();
    const links = files.map((file) => `[${file.replace(/^test\//, "")}](../${file})`);
    return `| ${number} | ${cell(fault)} | ${cell(holds)} | ${links.join(", ")} | ${cell(resultOf(own))} |`;
  });
  return `${head}\n${rows.join("\n")}\n`;
}

/** The rows of a page that name a test file which did not run, by number. */
export function notRun(page: string, files: ReadonlySet<string>): Map<number, string> {
  const rows = page.split("\n").filter((line) => /^\| \d+ \|/.test(line));
  const left = rows.filter((row) =>
    [...row.matchAll(/\]\(\.\.\/([^)]+)\)/g)].some(([, file = ""]) => !files.has(file)),
  );
  return new Map(left.map((row) => [Number(row.split("|")[1]), row]));
}

const head = `# Faults

What is done to the program on purpose, what must hold then, and how it went. \`npm run docs:faults\` injects all of it and
writes this page; \`npm run test:faults\` only injects it. Nothing is mocked: processes are killed, servers are shut down,
networks break, disks fill up. A fault that a machine cannot inject is skipped there, with the reason.

| letter | invariant |
| --- | --- |
| A | ledger and schema agree, and each ledger is a prefix of its chain |
| R | a plain second run reaches the head |
| N | the catalogs of both databases are unchanged |
| X | the exit code is not 0, one line says why and one what to do, within a deadline, and nothing is uncaught |
| S | no output contains a password |
| O | standard output is empty or valid |

X, S and O hold for every failure. S is checked for every command that any test runs, in its output, in the process list
and in \`pg_stat_activity\`.

| # | fault | must hold | injected by | result |
| --- | --- | --- | --- | --- |`;
