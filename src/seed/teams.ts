import { day, hour, now } from "./calendar.ts";
import type { Id } from "./id.ts";
import { type Project, projectsOf, type Run, type User, usersOf } from "./population.ts";
import { kind, Random, uuid } from "./random.ts";
import { brands } from "./vocabulary/names.ts";

export interface Member {
  readonly id: Id;
  /** Position of the user in the run. */
  readonly place: number;
  readonly role: "owner" | "lead" | "developer" | "viewer";
  readonly joinedAt: number;
}

/** Users with three or more projects found a team and share their work. */
export interface Team {
  readonly id: Id;
  readonly owner: User;
  readonly name: string;
  readonly createdAt: number;
  readonly members: readonly Member[];
}

const random = new Random();

function roleOf(roll: number): Member["role"] {
  return roll < 15 ? "lead" : roll < 70 ? "developer" : "viewer";
}

function teamOf(run: Run, owner: User): Team {
  random.open(run.seed, kind.team, owner.ordinal);
  const createdAt = owner.createdAt + random.between(2, 30) * hour;
  const place = owner.ordinal - run.first;
  const others = Math.min(run.users - 1, random.heavy(24));
  // Neighbours in a circle, from a random position: no user is chosen twice.
  const start = run.users - 1 - others > 0 ? random.between(0, run.users - 1 - others) : 0;
  const member = (i: number, at: number, role: Member["role"], joinedAt: number): Member => ({
    id: uuid(run.seed, kind.member, owner.ordinal * 32 + i),
    place: at,
    role,
    joinedAt,
  });
  const members = [member(0, place, "owner", createdAt)];
  for (let i = 1; i <= others; i++) {
    const roll = random.below(100);
    // Members join after their registration: everyone has registered by the last three weeks.
    const joinedAt = Math.max(createdAt, now - 20 * day) + random.between(1, 18 * 24) * hour;
    members.push(member(i, (place + start + i) % run.users, roleOf(roll), joinedAt));
  }
  return {
    id: uuid(run.seed, kind.team, owner.ordinal),
    owner,
    name: `Team ${random.pick(brands)}`,
    createdAt,
    members,
  };
}

export function* teamsOf(run: Run): Generator<Team> {
  for (const user of usersOf(run)) if (user.projectCount >= 3) yield teamOf(run, user);
}

/** A project that its owner shares with the team. */
export interface Share {
  readonly id: Id;
  readonly team: Team;
  readonly project: Project;
  readonly permission: "read" | "write" | "admin";
  readonly at: number;
}

export function* sharesOf(run: Run): Generator<Share> {
  for (const team of teamsOf(run))
    for (const project of projectsOf(run, team.owner)) {
      random.open(run.seed, kind.share, project.ordinal);
      if (!random.chance(70)) continue;
      const roll = random.below(100);
      yield {
        id: uuid(run.seed, kind.share, project.ordinal),
        team,
        project,
        permission: roll < 50 ? "write" : roll < 85 ? "read" : "admin",
        at: Math.max(team.createdAt, project.createdAt) + random.between(1, 40) * 60,
      };
    }
}
