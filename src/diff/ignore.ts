import { matchesGlob } from "../glob.ts";
import { type Schema, schemaOf } from "../schema/model.ts";
import type { Finding } from "./finding.ts";

/** What a user excludes from a report. */
export interface IgnoreRule {
  /** Matches names of objects: `*` is any run of characters, `?` any one. */
  readonly glob: string;
  /** Only this attribute of the objects. */
  readonly attribute?: string;
  /** The reason from the config file. */
  readonly reason?: string;
}

/**
 * Parses a rule: `public.tmp_*`, or with an attribute `public.users:comment`. A colon within quotes belongs to the
 * name.
 */
export function ignoreRule(text: string, reason?: string): IgnoreRule {
  const [, glob = text, attribute] = /^((?:"[^"]*"|[^":])*):([A-Za-z]+)$/.exec(text) ?? [];
  return { glob, ...(attribute !== undefined && { attribute }), ...(reason !== undefined && { reason }) };
}

/** Whether an object is ignored; an ignored table includes its parts. */
export function leavesOut(rules: readonly IgnoreRule[], name: string): boolean {
  return rules.some(
    ({ glob, attribute }) =>
      attribute === undefined && (matchesGlob(name, glob) || matchesGlob(name, `${glob}.*`)),
  );
}

/** A schema without the ignored objects: what is not compared does not explain other differences. */
export function withoutIgnoredObjects(schema: Schema, rules: readonly IgnoreRule[]): Schema {
  if (rules.length === 0) return schema;
  const objects = [...schema.objects.values()].filter(({ name }) => !leavesOut(rules, name));
  return schemaOf(objects, schema.uncovered, schema.serverVersion);
}

/** The names of an object's ignored attributes. */
function attributesOf(rules: readonly IgnoreRule[], name: string): ReadonlySet<string> {
  return new Set(
    rules.flatMap(({ glob, attribute }) =>
      attribute !== undefined && matchesGlob(name, glob) ? attribute : [],
    ),
  );
}

/** The actual schema with the expected value of each ignored attribute, so that it does not differ. */
export function withIgnoredAttributes(
  expected: Schema,
  actual: Schema,
  rules: readonly IgnoreRule[],
): Schema {
  const ofAttributes = rules.filter(({ attribute }) => attribute !== undefined);
  if (ofAttributes.length === 0) return actual;
  const objects = [...actual.objects].map(([key, object]) => {
    const wanted = expected.objects.get(key);
    const ignored = attributesOf(ofAttributes, object.name);
    if (wanted === undefined || ignored.size === 0) return object;
    const values = [...ignored].map((name) => [name, wanted.attributes[name] ?? null]);
    return { ...object, attributes: { ...object.attributes, ...Object.fromEntries(values) } };
  });
  return schemaOf(objects, actual.uncovered, actual.serverVersion);
}

function isLeftOut({ object, attribute, attributes }: Finding, rules: readonly IgnoreRule[]): boolean {
  if (object === undefined) return false;
  if (leavesOut(rules, object)) return true;
  const ignored = attributesOf(rules, object);
  const names = attributes?.map(({ name }) => name) ?? (attribute === undefined ? [] : [attribute]);
  return names.length > 0 && names.every((name) => ignored.has(name));
}

/** Findings without the ignored ones. */
export function withoutIgnored(findings: readonly Finding[], rules: readonly IgnoreRule[]): Finding[] {
  return findings.filter((finding) => !isLeftOut(finding, rules));
}
