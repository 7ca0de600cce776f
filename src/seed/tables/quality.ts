import { allProjects, type Project, type Run } from "../population.ts";
import { kind, Random, uuid } from "../random.ts";
import { standingOf, turnsAbout, turnsOf } from "../turns.ts";
import { maturityCategories } from "../vocabulary/questions.ts";
import type { SeededTable } from "./table.ts";

/** What quality control measures in a project, and whether it is enough. */
function metricsOf(run: Run, project: Project) {
  const { maturity, scores, turnCount } = standingOf(run, project);
  let open = 0;
  for (const { conflict } of turnsOf(run, project)) if (conflict === "open") open++;
  const begun = scores.filter((score) => score > 0).length;
  const coverage = Math.floor((begun * 10_000) / scores.length);
  return [
    {
      type: "maturity",
      value: maturity * 100,
      threshold: 6000,
      passed: maturity >= 60,
      details: { turns: turnCount },
    },
    {
      type: "coverage",
      value: coverage,
      threshold: 8000,
      passed: coverage >= 8000,
      details: { categories: begun },
    },
    { type: "conflicts", value: open * 100, threshold: 0, passed: open === 0, details: { open } },
  ];
}

export const qualityMetrics: SeededTable = {
  name: "quality_metrics",
  columns: [
    "id",
    "project_id",
    "metric_type",
    "metric_value",
    "threshold",
    "passed",
    "details",
    "calculated_at",
  ],
  refersTo: ["projects"],
  *rows({ run }) {
    for (const project of allProjects(run))
      for (const [i, { type, value, threshold, passed, details }] of metricsOf(run, project).entries())
        yield [
          uuid(run.seed, kind.metric, project.ordinal * 4 + i),
          project.id,
          type,
          value,
          threshold,
          passed,
          JSON.stringify(details),
          project.lastAt,
        ];
  },
};

export const maturityTracking: SeededTable = {
  name: "maturity_tracking",
  columns: ["id", "project_id", "category", "score", "details", "calculated_at"],
  refersTo: ["projects"],
  *rows({ run }) {
    for (const project of allProjects(run)) {
      const standing = standingOf(run, project);
      for (const [i, score] of standing.scores.entries())
        yield [
          uuid(run.seed, kind.maturity, project.ordinal * 16 + i),
          project.id,
          maturityCategories[i] ?? null,
          score,
          `{"specifications": ${turnsAbout(standing, i)}}`,
          project.lastAt,
        ];
    }
  },
};

const stacks = [
  { python: "3.12", fastapi: "0.115", postgres: "15" },
  { node: "22", typescript: "5.9", postgres: "16" },
  { go: "1.24", sqlite: "3.50" },
  { python: "3.12", mongodb: "7.0", redis: "7.4" },
].map((stack) => JSON.stringify(stack));

const testTypes = ["compatibility", "integration", "unit"] as const;
const failures = [
  "asyncpg 0.29 does not support this server version",
  "connection pool exhausted after 30 s",
  "expected status 201, got 409",
] as const;

/** Projects that have reached their design test the technology that they want to use. */
export const testResults: SeededTable = {
  name: "test_results",
  columns: [
    "id",
    "project_id",
    "test_type",
    "technology_stack",
    "test_status",
    "results",
    "error_message",
    "started_at",
    "completed_at",
  ],
  refersTo: ["projects"],
  *rows({ run }) {
    const random = new Random();
    for (const project of allProjects(run)) {
      if (standingOf(run, project).maturity < 50) continue;
      random.open(run.seed, kind.testResult, project.ordinal);
      const count = random.heavy(6);
      for (let i = 0; i < count; i++) {
        const roll = random.below(100);
        const status = roll < 75 ? "passed" : roll < 92 ? "failed" : roll < 96 ? "running" : "pending";
        const startedAt = project.lastAt - random.between(10, 40) * 60;
        const isOver = status === "passed" || status === "failed";
        const total = random.between(8, 120);
        const failed = status === "failed" ? random.between(1, 5) : 0;
        const results = isOver ? JSON.stringify({ total, passed: total - failed, failed }) : null;
        const message = status === "failed" ? random.pick(failures) : null;
        const completedAt = isOver ? startedAt + random.between(5, 500) : null;
        yield [
          uuid(run.seed, kind.testResult, project.ordinal * 8 + i),
          project.id,
          random.pick(testTypes),
          random.pick(stacks),
          status,
          results,
          message,
          startedAt,
          completedAt,
        ];
      }
    }
  },
};
