import { allProjects } from "../population.ts";
import { standingOf } from "../turns.ts";
import { domains } from "../vocabulary/domains.ts";
import { inWordsOf } from "../vocabulary/phrases.ts";
import type { SeededTable } from "./table.ts";

const descriptions = new Map(
  domains.map((domain) => [
    domain.slug,
    inWordsOf(domain, "{product}, in which {actors} {action} and {operators} look after {things}."),
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
      yield [
        id,
        user.id,
        name,
        descriptions.get(domain.slug) ?? null,
        phase,
        maturity,
        createdAt,
        updatedAt,
        archivedAt,
      ];
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
        yield [id, project.id, direct ? "direct_chat" : "socratic", startedAt, endedAt];
  },
};
