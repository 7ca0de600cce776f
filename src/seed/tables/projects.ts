import { timestamp, timestampOrNull } from "../calendar.ts";
import { field } from "../fields.ts";
import { allProjects } from "../population.ts";
import { standingOf } from "../turns.ts";
import { domains } from "../vocabulary/domains.ts";
import { inWordsOf } from "../vocabulary/phrases.ts";
import type { SeededTable } from "./table.ts";

const descriptions = new Map(
  domains.map((domain) => [
    domain.slug,
    field(inWordsOf(domain, "{product}, in which {actors} {action} and {operators} look after {things}.")),
  ]),
);

export const projects: SeededTable = {
  name: "projects",
  columns: [
    "id",
    "user_id",
    "name",
    "description",
    "current_phase",
    "maturity_score",
    "created_at",
    "updated_at",
    "archived_at",
  ],
  refersTo: ["users"],
  *rows({ run }) {
    for (const project of allProjects(run)) {
      const { id, user, name, domain, createdAt, updatedAt, archivedAt } = project;
      const { phase, maturity } = standingOf(run, project);
      yield `${id}\t${user.id}\t${name}\t${descriptions.get(domain.slug)}\t${phase}\t${maturity}\t${timestamp(createdAt)}\t${timestamp(updatedAt)}\t${timestampOrNull(archivedAt)}`;
    }
  },
};

export const sessions: SeededTable = {
  name: "sessions",
  columns: ["id", "project_id", "mode", "started_at", "ended_at"],
  refersTo: ["projects"],
  *rows({ run }) {
    for (const project of allProjects(run))
      for (const { id, direct, startedAt, endedAt } of project.sessions)
        yield `${id}\t${project.id}\t${direct ? "direct_chat" : "socratic"}\t${timestamp(startedAt)}\t${timestampOrNull(endedAt)}`;
  },
};
