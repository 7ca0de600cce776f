import type { Finding } from "../diff/finding.ts";
import type { LeftAlone } from "../repair/fates.ts";
import { nameIn, type ObjectKey } from "../schema/model.ts";
import type { Proof } from "../shadow/repair-proof.ts";

function objectOf(key: ObjectKey): Pick<Finding, "kind" | "object"> {
  const object = nameIn(key);
  return { kind: key.slice(0, key.length - object.length - 1), object };
}

function leftAlone(database: string, { key, reason }: LeftAlone): Finding {
  return {
    code: "left-alone",
    severity: "error",
    database,
    ...objectOf(key),
    message: `${key} is left as it is: ${reason}`,
    hint: "Decide what becomes of it; the rest of the script does not need it.",
  };
}

/** What a script does not do, what it needs of the rows, and why it is not printed. */
export function proofFindings(database: string, { plan, reasons }: Proof): Finding[] {
  return [
    ...plan.left.map((left) => leftAlone(database, left)),
    ...plan.conditions.map(
      ({ object, message, query }): Finding => ({
        code: "condition",
        severity: "error",
        database,
        ...objectOf(object),
        message,
        hint: `The script begins with a guard that checks it. To find the rows that are in the way: ${query}`,
      }),
    ),
    ...reasons.map(
      (reason): Finding => ({
        code: "not-provable",
        severity: "error",
        database,
        message: `no script is printed: ${reason}`,
        hint: "Write this migration by hand, then compare again.",
      }),
    ),
  ];
}
