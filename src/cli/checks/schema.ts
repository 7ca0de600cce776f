import { phaseText } from "../../sources/source.ts";
import { compareSources } from "../comparison.ts";
import { findingsSettings } from "../findings.ts";
import { expectedSource } from "../sources.ts";
import type { Check } from "./check.ts";

/** `socrates-db verify schema`: the live databases against the document, as `diff` compares them. */
export const verifySchemaOf: Check = async (context, invocation, phase) => {
  const { ignore } = findingsSettings(invocation, context.config.file);
  const from = expectedSource(context, invocation);
  const compared = await compareSources(
    { from, to: "live", phase, privileges: false, ignore },
    context,
    invocation,
  );
  return {
    findings: compared.flatMap(({ findings }) => findings),
    summary: compared.map(
      ({ key, labels, phase: at }) =>
        `schema: ${key}, ${labels.expected} against ${labels.actual}, as of ${phaseText(at)}`,
    ),
  };
};
