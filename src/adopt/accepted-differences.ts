import type { Finding } from "../diff/finding.ts";
import { hostOf, isPlainIndex } from "../schema/hosts.ts";
import { keyOf, type Schema, type SchemaObject } from "../schema/model.ts";
import { ownName } from "../schema/names.ts";

/** The input for judging a difference. */
export interface Judged {
  readonly finding: Finding;
  /** The object, from the side that has it. */
  readonly object: SchemaObject;
  /** All objects that any migration of the chain creates. */
  readonly chain: Schema;
  /** Names of indexes that are commented out in the document. */
  readonly deferred: ReadonlySet<string>;
  /** The SQL that creates the object, if a migration has it as a separate statement. */
  readonly sql: string | undefined;
}

/** A difference that does not prevent the adoption of a database. */
interface AcceptedDifference {
  readonly applies: (judged: Judged) => boolean;
  readonly severity: "warning" | "advice";
  readonly hint: (judged: Judged) => string;
}

function isOfChain({ object, chain }: Judged): boolean {
  return chain.objects.has(keyOf(object.kind, object.name));
}

/** Whether an object is independent of the chain's objects, or only makes its tables faster. */
function isForeign(judged: Judged): boolean {
  const host = hostOf(judged.object);
  const isApart = host === undefined || !judged.chain.objects.has(host);
  return !isOfChain(judged) && (isApart || isPlainIndex(judged.object));
}

/** Approximate nearest neighbour indexes, which are built once there are rows. */
const approximate: readonly unknown[] = ["ivfflat", "hnsw"];

/** SQL that renames an index or a constraint back. */
function renaming({ kind, name }: SchemaObject, actual: string): string {
  const table = name.slice(0, name.length - ownName(name).length - 1);
  const schema = table.slice(0, table.length - ownName(table).length - 1);
  return kind === "index"
    ? `ALTER INDEX ${schema}.${ownName(actual)} RENAME TO ${ownName(name)}`
    : `ALTER TABLE ${table} RENAME CONSTRAINT ${ownName(actual)} TO ${ownName(name)}`;
}

/** How to record an accepted difference, so that no report lists it again. */
function recording(object: string): string {
  return `To accept it, add this to "ignore" in the config file: ${JSON.stringify({ object, reason: "…" })}`;
}

const acceptedDifferences: readonly AcceptedDifference[] = [
  {
    applies: ({ finding, object, deferred }) =>
      finding.code === "missing" &&
      isPlainIndex(object) &&
      (deferred.has(ownName(object.name)) || approximate.includes(object.attributes["method"])),
    severity: "warning",
    hint: ({ sql }) =>
      `Create it when there are rows; its down file drops it${sql === undefined ? "." : `: ${sql}`}`,
  },
  {
    applies: ({ finding, object }) =>
      finding.code === "renamed" && (object.kind === "index" || object.kind === "constraint"),
    severity: "warning",
    hint: ({ finding, object }) =>
      `Until it is renamed, diff reports it: ${renaming(object, String(finding.actual))}`,
  },
  {
    applies: ({ finding }) => finding.attributes?.every(({ name }) => /comments?$/i.test(name)) === true,
    severity: "warning",
    hint: ({ finding, object }) =>
      `diff reports it until it matches the migrations: ${finding.expected ?? "no comment"}. ${recording(`${object.name}:${finding.attribute}`)}`,
  },
  {
    applies: (judged) =>
      judged.finding.code === "unexpected" && judged.object.kind === "extension" && isOfChain(judged),
    severity: "advice",
    hint: () => "Its migration accepts an existing extension.",
  },
  {
    applies: (judged) => judged.finding.code === "unexpected" && isForeign(judged),
    severity: "warning",
    hint: ({ object }) => `No migration creates it, and it does not affect any. ${recording(object.name)}`,
  },
];

/** A difference in an adoption: with a lower severity if it is harmless, else unchanged. */
export function accepted(judged: Judged): Finding {
  const rule = acceptedDifferences.find(({ applies }) => applies(judged));
  const { finding } = judged;
  return rule === undefined || finding.severity !== "error"
    ? finding
    : { ...finding, severity: rule.severity, hint: rule.hint(judged) };
}
