import { hour, minute } from "./calendar.ts";
import type { Id } from "./id.ts";
import type { Project, Run, User } from "./population.ts";
import { kind, Random, uuid } from "./random.ts";

/** One login: before each session of a project, and one after registration for users who never began a project. */
export interface Login {
  readonly ordinal: number;
  readonly at: number;
  /** Null if the user has not logged out. */
  readonly endedAt: number | null;
  /** Whether a wrong password came first. */
  readonly failedFirst: boolean;
  readonly random: Random;
}

const random = new Random();

function login(seed: number, ordinal: number, at: number, over: number | null): Login {
  random.open(seed, kind.refreshToken, ordinal);
  const endedAt = over !== null && random.chance(60) ? over + minute : null;
  return { ordinal, at, endedAt, failedFirst: random.chance(5), random };
}

/** The logins of a user, in chronological order for consecutive projects. */
export function* loginsOf(run: Run, user: User, projects: readonly Project[]): Generator<Login> {
  const [first] = projects;
  if (first === undefined) {
    random.open(run.seed, kind.audit, user.ordinal);
    if (random.chance(80)) {
      const at = user.createdAt + random.between(10, 30) * minute;
      yield login(run.seed, user.ordinal * 1024 + 1023, at, at + hour);
    }
  }
  for (const { sessions } of projects)
    for (const { ordinal, startedAt, endedAt } of sessions)
      yield login(run.seed, ordinal, startedAt - 30, endedAt);
}

/** The password reset that a user requested; most never did. */
export interface ResetRequest {
  readonly id: Id;
  readonly token: string;
  readonly at: number;
  readonly usedAt: number | null;
}

export function resetRequestOf({ seed }: Run, user: User): ResetRequest | undefined {
  random.open(seed, kind.resetRequest, user.ordinal);
  if (!random.chance(8)) return undefined;
  const at = user.createdAt + random.between(2, 20) * hour * 24 - random.between(0, 600);
  return {
    id: uuid(seed, kind.resetRequest, user.ordinal),
    token: random.hex(32),
    at,
    usedAt: random.chance(70) ? at + random.between(2, 40) * minute : null,
  };
}

/** The id of the refresh token of a login. */
export function tokenId({ seed }: Run, { ordinal }: Login): Id {
  return uuid(seed, kind.refreshToken, ordinal);
}
