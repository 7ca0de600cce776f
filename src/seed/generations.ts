import type { Id } from "./id.ts";
import { allProjects, type Project, type Run } from "./population.ts";
import { kind, Random, uuid } from "./random.ts";
import { standingOf, type Turn, turnsOf } from "./turns.ts";

export interface GeneratedFile {
  readonly id: Id;
  readonly path: string;
  readonly content: string;
  readonly size: number;
  readonly lines: number;
  /** The turns whose specifications it implements. */
  readonly turns: readonly Turn[];
}

/** One attempt to generate a project's code from its specifications. */
export interface Generation {
  readonly id: Id;
  readonly project: Project;
  readonly version: number;
  readonly status: "pending" | "in_progress" | "completed" | "failed";
  readonly startedAt: number;
  readonly completedAt: number | null;
  readonly files: readonly GeneratedFile[];
  /** Specifications that were current at the time. */
  readonly current: number;
  readonly random: Random;
}

const paths = [
  "README.md",
  "app/main.py",
  "app/models.py",
  "app/routes.py",
  "app/settings.py",
  "migrations/001_initial.sql",
  "tests/test_routes.py",
  "Dockerfile",
  ".github/workflows/ci.yml",
] as const;

const random = new Random();

/** @param turns those whose specifications are current */
function fileOf(
  run: Run,
  project: Project,
  turns: readonly Turn[],
  ordinal: number,
  path: string,
): GeneratedFile {
  const start = turns.length > 2 ? random.below(turns.length - 2) : 0;
  const chosen = turns.slice(start, start + 3);
  const comment = path.endsWith(".sql") ? "--" : "#";
  const lines = [
    `${comment} ${project.name}: ${path}`,
    ...chosen.map(({ answer }) => `${comment} ${answer.specification}`),
  ];
  const content = `${lines.join("\n")}\n`;
  return {
    id: uuid(run.seed, kind.file, ordinal),
    path,
    content,
    size: Buffer.byteLength(content),
    lines: lines.length,
    turns: chosen,
  };
}

/** The generations of all projects that have reached implementation. */
export function* generationsOf(run: Run): Generator<Generation> {
  for (const project of allProjects(run)) {
    if (standingOf(run, project).phase !== "implementation") continue;
    const turns = turnsOf(run, project).filter(({ supersededBy }) => supersededBy === undefined);
    random.open(run.seed, kind.generation, project.ordinal);
    const versions = random.heavy(4);
    for (let i = 0; i < versions; i++) {
      const ordinal = project.ordinal * 4 + i;
      random.open(run.seed, kind.generation, ordinal * 2 + 1);
      const roll = random.below(100);
      const status = roll < 85 ? "completed" : roll < 95 ? "failed" : roll < 98 ? "in_progress" : "pending";
      const count = status === "completed" ? random.between(4, paths.length) : 0;
      const startedAt = project.updatedAt + i * 900;
      const files = paths
        .slice(0, count)
        .map((path, file) => fileOf(run, project, turns, ordinal * 16 + file, path));
      const isOver = status === "completed" || status === "failed";
      yield {
        id: uuid(run.seed, kind.generation, ordinal),
        project,
        version: i + 1,
        status,
        startedAt,
        completedAt: isOver ? startedAt + random.between(30, 600) : null,
        files,
        current: turns.length,
        random,
      };
    }
  }
}
