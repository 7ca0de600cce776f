import type { Uncovered } from "../schema/model.ts";
import type { Finding } from "./finding.ts";
import type { Comparison } from "./findings.ts";

function textOf({ what, name }: Uncovered): string {
  return `${what} ${name}`;
}

/** A warning for each object on either side whose kind is not compared. */
export function uncoveredFindings({ database, expected, actual, labels }: Comparison): Finding[] {
  const [wanted, present] = [expected, actual].map(
    ({ uncovered }) => new Map(uncovered.map((object) => [textOf(object), object])),
  );
  return [...new Map([...(wanted ?? []), ...(present ?? [])])].map(
    ([text, { what, name, reason }]): Finding => {
      const sides = !present?.has(text)
        ? `exists in ${labels.expected} but not in ${labels.actual}`
        : !wanted?.has(text)
          ? `exists in ${labels.actual} but not in ${labels.expected}`
          : `exists in ${labels.expected} and in ${labels.actual}`;
      return {
        code: "not-compared",
        severity: "warning",
        database,
        kind: what,
        object: name,
        message:
          reason === undefined
            ? `${text} ${sides}; objects of this kind are not compared`
            : `${text} is not compared: ${reason}`,
        hint: "Compare it by hand. docs/coverage.md lists what is compared and what is not.",
      };
    },
  );
}
