/** What a check requires. */
interface CheckNeeds {
  readonly file?: "document" | "migrations";
  readonly databases: boolean;
}

/** The checks in order, each with its requirement. */
export const checkNeeds = {
  schema: { databases: true },
  document: { file: "document", databases: false },
  phases: { file: "migrations", databases: false },
  ledger: { file: "migrations", databases: true },
  indexes: { databases: true },
  references: { file: "document", databases: true },
  access: { file: "document", databases: true },
} as const satisfies Record<string, CheckNeeds>;

export type CheckName = keyof typeof checkNeeds;

function isCheckName(word: string): word is CheckName {
  return Object.hasOwn(checkNeeds, word);
}

export const checkNames: readonly CheckName[] = Object.keys(checkNeeds).filter(isCheckName);

/** The requirement of a check. */
export function needsOf(name: CheckName): CheckNeeds {
  return checkNeeds[name];
}
