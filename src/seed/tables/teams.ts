import { day } from "../calendar.ts";
import { userIdAt } from "../population.ts";
import { kind, Random, uuid } from "../random.ts";
import { sharesOf, teamsOf } from "../teams.ts";
import { personOf } from "./people.ts";
import type { SeededTable } from "./table.ts";

export const teams: SeededTable = {
  name: "teams",
  columns: ["id", "name", "description", "created_by", "created_at", "updated_at"],
  refersTo: ["users"],
  *rows({ run }) {
    for (const { id, name, owner, createdAt, members } of teamsOf(run)) {
      const updatedAt = Math.max(...members.map(({ joinedAt }) => joinedAt));
      const description =
        members.length === 1 ? null : `${members.length} people who work on shared projects`;
      yield [id, name, description, owner.id, createdAt, updatedAt];
    }
  },
};

export const teamMembers: SeededTable = {
  name: "team_members",
  columns: ["id", "team_id", "user_id", "role", "joined_at"],
  refersTo: ["teams", "users"],
  *rows({ run }) {
    for (const team of teamsOf(run))
      for (const { id, place, role, joinedAt } of team.members)
        yield [id, team.id, userIdAt(run, place), role, joinedAt];
  },
};

/** Members other than the owner came by invitation; some invitations were never accepted. */
export const teamInvitations: SeededTable = {
  name: "team_invitations",
  columns: [
    "id",
    "team_id",
    "invited_by",
    "invited_email",
    "role",
    "token",
    "expires_at",
    "accepted",
    "accepted_at",
    "created_at",
  ],
  refersTo: ["teams", "users"],
  *rows({ run }) {
    const random = new Random();
    for (const { id: team, owner, members, createdAt } of teamsOf(run)) {
      random.open(run.seed, kind.invitation, owner.ordinal);
      const invitation = (i: number, email: string, role: string, acceptedAt: number | null, at: number) => [
        uuid(run.seed, kind.invitation, owner.ordinal * 32 + i),
        team,
        owner.id,
        email,
        role,
        random.hex(24),
        at + 7 * day,
        acceptedAt !== null,
        acceptedAt,
        at,
      ];
      for (const [i, { place, role, joinedAt }] of members.entries()) {
        if (role === "owner") continue;
        const { email } = personOf(run.seed, run.first + place);
        yield invitation(i, email, role, joinedAt, joinedAt - random.between(10, 59) * 60);
      }
      if (random.chance(30))
        yield invitation(31, `guest.${owner.ordinal + 1}@example.com`, "viewer", null, createdAt + 600);
    }
  },
};

export const projectShares: SeededTable = {
  name: "project_shares",
  columns: ["id", "project_id", "team_id", "shared_by", "permission_level", "shared_at"],
  refersTo: ["projects", "teams", "users"],
  *rows({ run }) {
    for (const { id, project, team, permission, at } of sharesOf(run))
      yield [id, project.id, team.id, team.owner.id, permission, at];
  },
};
