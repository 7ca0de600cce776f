import { beginning, day, hour, minute, now } from "./calendar.ts";
import type { Id } from "./id.ts";
import { kind, Random, uuid } from "./random.ts";
import { type Domain, domains } from "./vocabulary/domains.ts";
import { brands } from "./vocabulary/names.ts";

/**
 * The users, and when they worked on what: derived for each user from the seed and the user's ordinal alone. Both
 * databases and each table are generated from this independently; nothing is remembered between them.
 */
export interface Run {
  readonly seed: number;
  /** Ordinal of the first user: a run that appends begins after the existing users. */
  readonly first: number;
  readonly users: number;
}

export interface User {
  readonly ordinal: number;
  readonly id: Id;
  readonly createdAt: number;
  readonly projectCount: number;
}

/**
 * Limits that turn positions in a plan into ordinals: 64 projects per user, 16 sessions per project, 16 turns per
 * session.
 */
const most = { projects: 40, sessions: 12, turns: 9 } as const;

/** Seconds between two turns of a session. */
export const turnLength = 3 * minute;

export class SeededSession {
  private uuid: Id | undefined;
  private readonly seed: number;
  readonly ordinal: number;
  readonly startedAt: number;
  readonly turnCount: number;
  /** Whether it is a chat that the user begins, instead of asked questions. */
  readonly direct: boolean;
  /** Null while it is open. */
  readonly endedAt: number | null;

  constructor(seed: number, ordinal: number, startedAt: number, isLast: boolean, random: Random) {
    this.seed = seed;
    this.ordinal = ordinal;
    this.startedAt = startedAt;
    this.turnCount = random.between(2, most.turns);
    this.direct = random.chance(20);
    const isOpen = isLast && random.chance(8);
    this.endedAt = isOpen ? null : this.lastAt + random.between(1, 4) * minute;
  }

  /** Generated on demand: most tables do not use it. */
  get id(): Id {
    this.uuid ??= uuid(this.seed, kind.session, this.ordinal);
    return this.uuid;
  }

  /** The end of the last turn. */
  get lastAt(): number {
    return this.startedAt + this.turnCount * turnLength;
  }
}

export interface Project {
  readonly ordinal: number;
  readonly id: Id;
  readonly user: User;
  readonly domain: Domain;
  /** Position in the list of domains. */
  readonly topic: number;
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly archivedAt: number | null;
  /** The end of the last session. */
  readonly lastAt: number;
  /** At least one, in chronological order. */
  readonly sessions: readonly SeededSession[];
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** The step nearest to the golden section that visits all `count` positions: neighbours end up far apart. */
function strideOf(count: number): number {
  let stride = Math.max(1, Math.floor((count * 618) / 1000));
  while (commonDivisor(stride, count) !== 1) stride++;
  return stride;
}

/**
 * The users of a run by time of registration. The number of their projects follows Zipf's law: it falls with the rank
 * of the user, so that one in ten has five or more, and half have none.
 */
export function* usersOf({ seed, first, users }: Run): Generator<User> {
  const stride = strideOf(users);
  const random = new Random();
  for (let i = 0; i < users; i++) {
    const ordinal = first + i;
    random.open(seed, kind.user, ordinal);
    const rank = ((i * stride) % users) * 2 + 1; // in half steps: the middle of each position
    // The last three weeks are left to the projects of the newest users.
    const span = now - beginning - 21 * day;
    yield {
      ordinal,
      id: uuid(seed, kind.user, ordinal),
      createdAt: beginning + Math.floor(((i + random.below(1000) / 1000) * span) / users),
      projectCount: Math.min(most.projects, Math.floor(users / rank)),
    };
  }
}

/** The id of the user at a position of a run, from 0. */
export function userIdAt({ seed, first }: Run, place: number): Id {
  return uuid(seed, kind.user, first + place);
}

/** Nothing happens in the last hour, so that everything that follows has also happened. */
const latest = now - hour;

function sessionsOf(seed: number, ordinal: number, createdAt: number, random: Random): SeededSession[] {
  const count = random.heavy(most.sessions);
  const room = Math.floor((latest - createdAt) / (count + 1));
  const sessions: SeededSession[] = [];
  let startedAt = createdAt;
  for (let i = 0; i < count; i++) {
    startedAt += i === 0 ? random.between(1, 5) * minute : Math.min(random.between(8, 240) * hour, room);
    sessions.push(new SeededSession(seed, ordinal * 16 + i, startedAt, i === count - 1, random));
  }
  return sessions;
}

const planner = new Random();

/** The projects of a user in chronological order. */
export function* projectsOf({ seed }: Run, user: User): Generator<Project> {
  // The last project begins at least two days before the end: its sessions need time.
  const span = latest - 2 * day - hour - user.createdAt;
  for (let i = 0; i < user.projectCount; i++) {
    const ordinal = user.ordinal * 64 + i;
    const random = planner.open(seed, kind.project, ordinal);
    const place = (i + random.below(1000) / 1000) / user.projectCount;
    const createdAt = user.createdAt + hour + Math.floor(place * span);
    const topic = random.below(domains.length);
    const domain = domains[topic];
    if (domain === undefined) throw new RangeError("there is no such domain");
    const name = `${random.pick(brands)} ${domain.title}`;
    const sessions = sessionsOf(seed, ordinal, createdAt, random);
    const lastAt = sessions.at(-1)?.lastAt ?? createdAt;
    const archivedAt = random.chance(10) && lastAt + 30 * day < latest ? lastAt + 30 * day : null;
    const updatedAt = archivedAt ?? lastAt;
    const id = uuid(seed, kind.project, ordinal);
    yield { ordinal, id, user, domain, topic, name, createdAt, updatedAt, archivedAt, lastAt, sessions };
  }
}

/** All projects of a run, user by user. */
export function* allProjects(run: Run): Generator<Project> {
  for (const user of usersOf(run)) yield* projectsOf(run, user);
}
