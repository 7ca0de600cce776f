import type { Drift, PageTable } from "./model.ts";

/** How serious a state is, with its sign, so that no state is told by its colour alone. */
export interface Verdict {
  readonly tone: "good" | "bad" | "warn" | "info" | "none";
  readonly sign: string;
  readonly words: string;
}

const driftVerdicts: Readonly<Record<Drift, Verdict>> = {
  added: { tone: "info", sign: "+", words: "not documented" },
  missing: { tone: "bad", sign: "−", words: "missing" },
  changed: { tone: "bad", sign: "~", words: "changed" },
};

/** How an object differs from what is expected. */
export function driftVerdict(drift: Drift): Verdict {
  return driftVerdicts[drift];
}

const states: Readonly<Record<string, Verdict>> = {
  present: { tone: "good", sign: "✓", words: "as expected" },
  pending: { tone: "none", sign: "…", words: "migration pending" },
  unknown: { tone: "none", sign: "?", words: "not checked" },
  extra: { tone: "info", sign: "+", words: "not documented" },
};

/** The words for a state of `verify indexes`. */
export function indexVerdict(state: string): Verdict {
  return states[state] ?? { tone: "bad", sign: "!", words: state.replaceAll("-", " ") };
}

/** The drift of a table with its parts: its own, else that of a part. */
export function tableDrift({ drift, columns, indexes, objects }: PageTable): Drift | undefined {
  if (drift !== undefined) return drift;
  return [...columns, ...indexes, ...objects].some((part) => part.drift !== undefined)
    ? "changed"
    : undefined;
}

/** The indexes of a table in a few words, primary keys left out. */
export function indexesVerdict({ indexes }: PageTable): Verdict {
  const own = indexes.filter(({ origin }) => origin !== "primaryKey");
  const tones = own.map(({ verdict }) => indexVerdict(verdict.state).tone);
  const bad = own.filter((_, i) => tones[i] === "bad");
  const good = own.filter((_, i) => tones[i] === "good");
  const advice = good.filter(({ verdict }) => verdict.remarks.length > 0).length;
  if (own.length === 0) return { tone: "none", sign: "–", words: "no index" };
  if (bad.length > 0) return { tone: "bad", sign: "!", words: `${bad.length} of ${own.length} wrong` };
  const [other] = own.filter((_, i) => tones[i] !== "good");
  if (good.length === 0 && other !== undefined) {
    const { sign, words } = indexVerdict(other.verdict.state);
    return { tone: "none", sign, words: `${own.length} ${words.replace("migration ", "")}` };
  }
  const words = `${good.length} of ${own.length}`;
  return advice === 0
    ? { tone: "good", sign: "✓", words }
    : { tone: "info", sign: "✓", words: `${words}, ${advice} advice` };
}
