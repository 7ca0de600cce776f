import type { Finding } from "../diff/finding.ts";
import type { TestDatabases } from "./test-databases.ts";

/** The result of a matcher of vitest and Jest. */
interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

function result(findings: readonly Finding[], what: string): MatcherResult {
  const errors = findings.filter(({ severity }) => severity === "error");
  const list = errors.map(({ database, message }) => `  ${database}: ${message}`);
  return {
    pass: errors.length === 0,
    message: () =>
      errors.length === 0
        ? `expected ${what}, but there is none`
        : [`expected no ${what}:`, ...list].join("\n"),
  };
}

/** Matchers for `expect.extend(matchers)` of vitest and Jest; both return promises. */
export const matchers = {
  /** Every value of a logical reference exists in the column that it refers to, in whichever database that is. */
  async toHaveNoDanglingReferences(test: TestDatabases): Promise<MatcherResult> {
    return result((await test.project.verify("references")).findings, "dangling references");
  },
  /** The live schemas are as documented for the phase that they have reached. */
  async toHaveNoDrift(test: TestDatabases): Promise<MatcherResult> {
    return result((await test.project.diff()).findings, "drift");
  },
};
