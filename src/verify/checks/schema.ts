import { compareSources } from "../../compare/compare.ts";
import { expectedSource } from "../../sources/of-workspace.ts";
import { phaseText } from "../../sources/source.ts";
import type { Check } from "./check.ts";

/** `socrates-db verify schema`: the live databases compared with the document, as in `diff`. */
export const checkSchema: Check = async (workspace, { phase, ignore }) => {
  const from = expectedSource(workspace);
  const compared = await compareSources({ from, to: "live", phase, ignore }, workspace);
  return {
    findings: compared.flatMap(({ findings }) => findings),
    summary: compared.map(
      ({ key, labels, phase: at }) =>
        `schema: ${key}, ${labels.expected} compared with ${labels.actual}, ${phaseText(at)}`,
    ),
  };
};
