import { type Project, projectsOf, usersOf } from "../population.ts";
import { kind, Random, uuid } from "../random.ts";
import { type Turn, turnsOf } from "../turns.ts";
import { communicationStyles } from "./settings.ts";
import type { SeededTable } from "./table.ts";

const details = ["essential", "balanced", "comprehensive"] as const;

function lastAt(projects: readonly Project[]): number {
  return Math.max(...projects.map(({ updatedAt }) => updatedAt));
}

/** What was learned about users with several projects. */
export const userBehaviorPatterns: SeededTable = {
  name: "user_behavior_patterns",
  columns: [
    "id",
    "user_id",
    "pattern_type",
    "pattern_data",
    "confidence",
    "learned_from_projects",
    "learned_at",
    "updated_at",
  ],
  refersTo: ["users", "projects"],
  *rows({ run }) {
    const random = new Random();
    for (const user of usersOf(run)) {
      if (user.projectCount < 2) continue;
      const projects = [...projectsOf(run, user)];
      const ids = projects.map(({ id }) => id);
      const [first = projects.length] = projects.map(({ createdAt }) => createdAt);
      random.open(run.seed, kind.pattern, user.ordinal * 2 + 1);
      const patterns = [
        [
          "communication_style",
          {
            communication_style: random.pick(communicationStyles),
            technical_expertise: random.between(20, 98) / 100,
          },
        ],
        [
          "detail_level",
          {
            preferred_detail_level: random.pick(details),
            response_length_preference: random.pick(communicationStyles),
          },
        ],
      ] as const;
      for (const [i, [type, data]] of patterns.entries()) {
        // More projects give more confidence.
        const confidence = Math.min(98, 40 + projects.length * 6 + random.below(8));
        yield [
          uuid(run.seed, kind.pattern, user.ordinal * 2 + i),
          user.id,
          type,
          JSON.stringify(data),
          confidence,
          ids,
          first,
          lastAt(projects),
        ];
      }
    }
  },
};

const roles = ["developer", "product_owner", "founder", "analyst"] as const;

/** How often each question was asked is counted; its effect is invented. */
function asked(turns: readonly Turn[]): Map<string, Turn[]> {
  const byTemplate = new Map<string, Turn[]>();
  for (const turn of turns) {
    if (turn.session.direct) continue;
    const same = byTemplate.get(turn.phrase.template);
    if (same === undefined) byTemplate.set(turn.phrase.template, [turn]);
    else same.push(turn);
  }
  return byTemplate;
}

export const questionEffectiveness: SeededTable = {
  name: "question_effectiveness",
  columns: [
    "id",
    "user_id",
    "question_template_id",
    "role",
    "times_asked",
    "times_answered_well",
    "average_answer_length",
    "average_spec_extraction_count",
    "effectiveness_score",
    "last_asked_at",
    "updated_at",
  ],
  refersTo: ["users"],
  *rows({ run }) {
    const random = new Random();
    for (const user of usersOf(run)) {
      const turns = [...projectsOf(run, user)].flatMap((project) => turnsOf(run, project));
      random.open(run.seed, kind.effectiveness, user.ordinal);
      const role = random.pick(roles);
      let ordinal = user.ordinal * 64;
      for (const [template, same] of asked(turns)) {
        const well = same.filter(({ supersededBy }) => supersededBy === undefined).length;
        const length = Math.round(
          same.reduce((sum, { answer }) => sum + answer.says.length, 0) / same.length,
        );
        const last = Math.max(...same.map(({ at }) => at));
        const score = Math.floor((well * 100) / same.length);
        yield [
          uuid(run.seed, kind.effectiveness, ordinal++),
          user.id,
          template,
          role,
          same.length,
          well,
          length,
          100,
          score,
          last,
          last,
        ];
      }
    }
  },
};
