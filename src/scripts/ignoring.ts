import { type IgnoreRule, leavesOut, withIgnoredAttributes } from "../diff/ignore.ts";
import { keepAsTheyAre } from "../repair/kept.ts";
import { type Schema, schemaOf } from "../schema/model.ts";

/** The wanted schema with everything that a user ignores as it is now, with what that needs. */
export function ignoring(wanted: Schema, is: Schema, rules: readonly IgnoreRule[]): Schema {
  if (rules.length === 0) return wanted;
  const left = withIgnoredAttributes(is, wanted, rules);
  const compared = [...left.objects.values()].filter(({ name }) => !leavesOut(rules, name));
  const ignored = [...is.objects.values()].filter(({ name }) => leavesOut(rules, name));
  return keepAsTheyAre(is, schemaOf(compared, left.uncovered, left.serverVersion), ignored);
}
