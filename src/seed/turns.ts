import { type Project, type Run, type SeededSession, turnLength } from "./population.ts";
import { kind, Random } from "./random.ts";
import { type Phrase, phrases } from "./vocabulary/phrases.ts";
import { maturityCategories, questionCategories } from "./vocabulary/questions.ts";

/** One question with its answer, and the resulting specification. */
export interface Turn {
  readonly ordinal: number;
  readonly session: SeededSession;
  readonly at: number;
  readonly phrase: Phrase;
  readonly answer: Phrase["answers"][number];
  /** The turn whose answer this one revises: the same question, another answer. */
  readonly revises: Turn | undefined;
  /** How the contradiction was settled, if there is one; with `none` the user has simply changed the answer. */
  readonly conflict: "none" | "resolved" | "open" | "ignored";
  /** The later turn whose specification replaces this one's. */
  supersededBy: Turn | undefined;
}

/** What was said about one category so far. */
interface Thread {
  template: number;
  answer: number;
  last: Turn | undefined;
}

function conflictOf(random: Random): Turn["conflict"] {
  const roll = random.below(100);
  return roll < 55 ? "none" : roll < 80 ? "resolved" : roll < 95 ? "open" : "ignored";
}

/** The next turn of a category: its next question, or the same one again with another answer. */
function nextTurn(
  ordinal: number,
  session: SeededSession,
  templates: readonly Phrase[],
  thread: Thread,
  random: Random,
): Turn {
  const { last } = thread;
  const again = last !== undefined && (thread.template + 1 >= templates.length || random.chance(30));
  if (last !== undefined && !again) thread.template++;
  const phrase = templates[thread.template];
  const count = phrase?.answers.length ?? 1;
  thread.answer = again ? (thread.answer + random.between(1, count - 1)) % count : random.below(count);
  const answer = phrase?.answers[thread.answer];
  if (phrase === undefined || answer === undefined) throw new RangeError("a category has no such question");
  const at = session.startedAt + (ordinal % 16) * turnLength + random.between(20, 80);
  const conflict = again ? conflictOf(random) : "none";
  const revises = again ? last : undefined;
  const turn: Turn = { ordinal, session, at, phrase, answer, revises, conflict, supersededBy: undefined };
  if (revises !== undefined && (conflict === "none" || conflict === "resolved")) revises.supersededBy = turn;
  thread.last = turn;
  return turn;
}

const speaker = new Random();

/**
 * All turns of a project in chronological order. A dialogue goes through the categories one by one, then starts over.
 */
export function turnsOf({ seed }: Run, { ordinal, topic, sessions }: Project): readonly Turn[] {
  const categories = phrases[topic] ?? [];
  const threads: Thread[] = categories.map(() => ({ template: 0, answer: 0, last: undefined }));
  const turns: Turn[] = [];
  speaker.open(seed, kind.turn, ordinal);
  for (const session of sessions)
    for (let i = 0; i < session.turnCount; i++) {
      const category = turns.length % categories.length;
      const thread = threads[category];
      if (thread === undefined) throw new RangeError("there is no such category");
      turns.push(nextTurn(session.ordinal * 16 + i, session, categories[category] ?? [], thread, speaker));
    }
  return turns;
}

export const projectPhases = ["discovery", "analysis", "design", "implementation"] as const;

/** The progress of a project. */
export interface Standing {
  readonly turnCount: number;
  /** From 0 to 100, in the order of the categories of maturity. */
  readonly scores: readonly number[];
  /** The mean of the scores. */
  readonly maturity: number;
  readonly phase: (typeof projectPhases)[number];
}

/** By what was said about each category; for categories without questions, by all of it. */
export function standingOf({ seed }: Run, { ordinal, sessions }: Project): Standing {
  let turnCount = 0;
  for (const session of sessions) turnCount += session.turnCount;
  speaker.open(seed, kind.maturity, ordinal);
  const rounds = questionCategories.length;
  let sum = 0;
  const scores = maturityCategories.map((_, i) => {
    const said = i < rounds ? Math.ceil((turnCount - i) / rounds) : Math.floor(turnCount / rounds);
    const score = said <= 0 ? 0 : Math.min(100, said * 24 + speaker.below(12));
    sum += score;
    return score;
  });
  const maturity = Math.floor(sum / scores.length);
  return {
    turnCount,
    scores,
    maturity,
    phase: projectPhases[Math.min(3, Math.floor(maturity / 25))] ?? "discovery",
  };
}

/** The number of turns on the category at a position of the list. */
export function turnsAbout({ turnCount }: Standing, category: number): number {
  return category < questionCategories.length
    ? Math.max(0, Math.ceil((turnCount - category) / questionCategories.length))
    : 0;
}
