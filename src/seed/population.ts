import { beginning, day, hour, minute, now } from "./calendar.ts";
import { kind, Random, uuid } from "./random.ts";
import { type Domain, domains } from "./vocabulary/domains.ts";
import { brands } from "./vocabulary/names.ts";
import { type Phrase, phrases } from "./vocabulary/phrases.ts";
import { maturityCategories, questionCategories } from "./vocabulary/questions.ts";

/**
 * Who there is and what they did, derived for each user alone from the seed and the user's ordinal. Both databases, and
 * each table, are made from this independently: nothing has to be remembered between them.
 */
export interface Run {
  readonly seed: number;
  /** Ordinal of the first user: a run that adds to others begins behind theirs. */
  readonly first: number;
  readonly users: number;
}

/** Sessions of a project, turns of a session: bounds that make ordinals of places in a plan. */
const most = { projects: 40, sessions: 12, turns: 9 } as const;

export interface Turn {
  /** Identity over all runs of a seed. */
  readonly ordinal: number;
  readonly session: Session;
  readonly at: number;
  readonly phrase: Phrase;
  readonly answer: Phrase["answers"][number];
  /** The turn whose answer this one takes back: the same question, another answer. */
  readonly revises: Turn | undefined;
  /** What became of the contradiction, where there is one. */
  readonly conflict: "none" | "resolved" | "open" | "ignored";
  /** The later turn that replaces the answer of this one. */
  supersededBy: Turn | undefined;
}

export interface Session {
  readonly ordinal: number;
  readonly id: string;
  readonly startedAt: number;
  /** Null while it is open. */
  readonly endedAt: number | null;
  readonly lastAt: number;
  readonly direct: boolean;
  readonly turns: readonly Turn[];
}

export const projectPhases = ["discovery", "analysis", "design", "implementation"] as const;

export interface Project {
  readonly ordinal: number;
  readonly id: string;
  readonly user: User;
  readonly domain: Domain;
  /** Place of the domain in the list of domains. */
  readonly topic: number;
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly archivedAt: number | null;
  readonly sessions: readonly Session[];
  readonly turns: readonly Turn[];
  /** From 0 to 100, in the order of the categories of maturity. */
  readonly scores: readonly number[];
  readonly maturity: number;
  readonly phase: (typeof projectPhases)[number];
}

export interface User {
  readonly ordinal: number;
  readonly id: string;
  readonly createdAt: number;
  readonly projectCount: number;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** The step nearest to the golden section that visits all of `count` places: neighbours land far apart. */
function strideOf(count: number): number {
  let stride = Math.max(1, Math.floor((count * 618) / 1000));
  while (commonDivisor(stride, count) !== 1) stride++;
  return stride;
}

/**
 * The users of a run in the order in which they came. How many projects each has follows Zipf's law: half of the users
 * that the rank stands for, divided by the rank; one in ten has five or more, and half of all have none.
 */
export function* usersOf({ seed, first, users }: Run): Generator<User> {
  const stride = strideOf(users);
  const random = new Random();
  for (let i = 0; i < users; i++) {
    const ordinal = first + i;
    random.open(seed, kind.user, ordinal);
    const rank = ((i * stride) % users) * 2 + 1; // odd numbers below 2 * users: the middle of each place
    // The last three weeks are left to the projects of those who came last.
    const createdAt =
      beginning + Math.floor(((i + random.below(1000) / 1000) * (now - beginning - 21 * day)) / users);
    yield {
      ordinal,
      id: uuid(seed, kind.user, ordinal),
      createdAt,
      projectCount: Math.min(most.projects, Math.floor(users / rank)),
    };
  }
}

/** The user of a run at a place, counted from 0; cheaper than all of them, with no more than an id. */
export function userIdAt({ seed, first }: Run, place: number): string {
  return uuid(seed, kind.user, first + place);
}

const latest = now - hour;

function conflictOf(random: Random): Turn["conflict"] {
  const roll = random.below(100);
  return roll < 55 ? "none" : roll < 80 ? "resolved" : roll < 95 ? "open" : "ignored";
}

/** What has been said of one category so far. */
interface Thread {
  template: number;
  answer: number;
  last: Turn | undefined;
}

/** The next turn of a category: the next question, or the same one again with another answer. */
function nextTurn(
  place: { ordinal: number; session: Session; at: number; topic: number; category: number },
  thread: Thread,
  random: Random,
): Turn {
  const templates = phrases[place.topic]?.[place.category] ?? [];
  const again = thread.last !== undefined && (thread.template + 1 >= templates.length || random.chance(30));
  if (thread.last !== undefined && !again) thread.template++;
  const phrase = templates[thread.template];
  const count = phrase?.answers.length ?? 1;
  thread.answer = again ? (thread.answer + random.between(1, count - 1)) % count : random.below(count);
  const answer = phrase?.answers[thread.answer];
  if (phrase === undefined || answer === undefined) throw new RangeError("a category has no such question");
  const conflict = again ? conflictOf(random) : "none";
  const revises = again ? thread.last : undefined;
  const turn: Turn = {
    ordinal: place.ordinal,
    session: place.session,
    at: place.at,
    phrase,
    answer,
    revises,
    conflict,
    supersededBy: undefined,
  };
  if (revises !== undefined && conflict !== "open" && conflict !== "ignored") revises.supersededBy = turn;
  thread.last = turn;
  return turn;
}

/** The sessions of a project in order of time, with what is said in them. */
function sessionsOf(
  seed: number,
  project: { ordinal: number; createdAt: number; topic: number },
  random: Random,
): Session[] {
  const count = random.heavy(most.sessions);
  const room = Math.floor((latest - project.createdAt) / (count + 1));
  const threads: Thread[] = questionCategories.map(() => ({ template: 0, answer: 0, last: undefined }));
  const sessions: Session[] = [];
  let startedAt = project.createdAt;
  let said = 0;
  for (let i = 0; i < count; i++) {
    startedAt += i === 0 ? random.between(1, 5) * minute : Math.min(random.between(8, 240) * hour, room);
    const ordinal = project.ordinal * 16 + i;
    const turns: Turn[] = [];
    const length = random.between(2, most.turns);
    const lastAt = startedAt + length * 3 * minute;
    const isOpen = i === count - 1 && random.chance(8);
    const session: Session = {
      ordinal,
      id: uuid(seed, kind.session, ordinal),
      startedAt,
      endedAt: isOpen ? null : lastAt + random.between(1, 4) * minute,
      lastAt,
      direct: random.chance(20),
      turns,
    };
    for (let turn = 0; turn < length; turn++) {
      const category = said++ % questionCategories.length;
      const thread = threads[category];
      if (thread === undefined) throw new RangeError("there is no such category");
      const at = startedAt + turn * 3 * minute + random.between(20, 80);
      turns.push(
        nextTurn(
          { ordinal: ordinal * 16 + turn, session, at, topic: project.topic, category },
          thread,
          random,
        ),
      );
    }
    sessions.push(session);
  }
  return sessions;
}

/** How far each category has come: by what was said of it, and for the last two, by all of it. */
function scoresOf(turns: readonly Turn[], random: Random): number[] {
  const said = questionCategories.map(
    (category) => turns.filter(({ phrase }) => phrase.category === category).length,
  );
  return maturityCategories.map((_, i) => {
    const count = said[i] ?? Math.floor(turns.length / questionCategories.length);
    return count === 0 ? 0 : Math.min(100, count * 24 + random.below(12));
  });
}

function phaseOf(maturity: number): Project["phase"] {
  return projectPhases[Math.min(3, Math.floor(maturity / 25))] ?? "discovery";
}

const planner = new Random();

/** The projects of a user in order of time. */
export function* projectsOf({ seed }: Run, user: User): Generator<Project> {
  // Room for two more days, in which the sessions of the last project find their place.
  const span = latest - 2 * day - user.createdAt;
  for (let i = 0; i < user.projectCount; i++) {
    const ordinal = user.ordinal * 64 + i;
    const random = planner.open(seed, kind.project, ordinal);
    const createdAt =
      user.createdAt +
      hour +
      Math.floor(((i + random.below(1000) / 1000) * (span - hour)) / user.projectCount);
    const topic = random.below(domains.length);
    const domain = domains[topic];
    if (domain === undefined) throw new RangeError("there is no such domain");
    const name = `${random.pick(brands)} ${domain.title}`;
    const sessions = sessionsOf(seed, { ordinal, createdAt, topic }, random);
    const turns = sessions.flatMap((session) => session.turns);
    const scores = scoresOf(turns, random);
    const maturity = Math.floor(scores.reduce((sum, score) => sum + score, 0) / scores.length);
    const lastAt = sessions.at(-1)?.lastAt ?? createdAt;
    const archivedAt = random.chance(10) && lastAt + 30 * day < latest ? lastAt + 30 * day : null;
    yield {
      ordinal,
      id: uuid(seed, kind.project, ordinal),
      user,
      domain,
      topic,
      name,
      createdAt,
      updatedAt: archivedAt ?? lastAt,
      archivedAt,
      sessions,
      turns,
      scores,
      maturity,
      phase: phaseOf(maturity),
    };
  }
}

/** All projects of a run, user by user. */
export function* allProjects(run: Run): Generator<Project> {
  for (const user of usersOf(run)) yield* projectsOf(run, user);
}
