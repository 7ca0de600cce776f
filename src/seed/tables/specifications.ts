import type { Id } from "../id.ts";
import { allProjects } from "../population.ts";
import { kind, Random, uuid } from "../random.ts";
import { type Turn, turnsOf } from "../turns.ts";
import type { QuestionCategory } from "../vocabulary/questions.ts";
import type { SeededTable } from "./table.ts";

/** Id of the specification from a turn. */
export function specificationId(seed: number, turn: Turn): Id {
  return uuid(seed, kind.specification, turn.ordinal);
}

/** Each turn gives one specification; an answer that revises an earlier one supersedes its specification. */
export const specifications: SeededTable = {
  name: "specifications",
  columns: [
    "id",
    "project_id",
    "session_id",
    "category",
    "content",
    "source",
    "confidence",
    "is_current",
    "metadata",
    "created_at",
    "superseded_at",
    "superseded_by",
  ],
  refersTo: ["projects", "sessions"],
  *rows({ run }) {
    const random = new Random();
    for (const project of allProjects(run))
      for (const turn of turnsOf(run, project)) {
        random.open(run.seed, kind.specification, turn.ordinal);
        const { session, phrase, answer, supersededBy } = turn;
        const inferred = random.chance(10);
        const source = inferred ? "inferred" : session.direct ? "user_input" : "extracted";
        const confidence =
          session.direct && !inferred ? 100 : random.between(inferred ? 45 : 70, inferred ? 75 : 99);
        yield [
          specificationId(run.seed, turn),
          project.id,
          session.id,
          phrase.category,
          answer.specification,
          source,
          confidence,
          supersededBy === undefined,
          phrase.metadata,
          turn.at + 60,
          supersededBy === undefined ? null : supersededBy.at + 60,
          supersededBy === undefined ? null : specificationId(run.seed, supersededBy),
        ];
      }
  },
};

const types: Readonly<Partial<Record<QuestionCategory, string>>> = {
  tech_stack: "technology",
  scalability: "resource",
  monitoring: "resource",
  disaster_recovery: "timeline",
  data_retention: "timeline",
};

function severityOf(roll: number): string {
  return roll < 25 ? "low" : roll < 70 ? "medium" : roll < 93 ? "high" : "critical";
}

/** Two contradictory answers to one question of a project. If it is resolved, the later answer wins. */
export const conflicts: SeededTable = {
  name: "conflicts",
  columns: [
    "id",
    "project_id",
    "type",
    "description",
    "spec_ids",
    "severity",
    "status",
    "resolution",
    "detected_at",
    "resolved_at",
    "resolved_by_user",
  ],
  refersTo: ["projects", "specifications"],
  *rows({ run }) {
    const random = new Random();
    for (const project of allProjects(run))
      for (const turn of turnsOf(run, project)) {
        const { conflict, revises, answer, phrase } = turn;
        if (conflict === "none" || revises === undefined) continue;
        random.open(run.seed, kind.conflict, turn.ordinal);
        const between = [specificationId(run.seed, revises), specificationId(run.seed, turn)];
        const resolution =
          conflict === "resolved"
            ? `The later answer holds: ${answer.specification}`
            : conflict === "ignored"
              ? "Both are kept; the difference does not matter yet."
              : null;
        const resolvedAt = conflict === "open" ? null : turn.at + 90;
        yield [
          uuid(run.seed, kind.conflict, turn.ordinal),
          project.id,
          types[phrase.category] ?? "requirement",
          `"${revises.answer.specification}" contradicts "${answer.specification}"`,
          between,
          severityOf(random.below(100)),
          conflict,
          resolution,
          turn.at + 75,
          resolvedAt,
          conflict === "resolved",
        ];
      }
  },
};
