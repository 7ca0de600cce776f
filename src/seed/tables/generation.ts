import { generationsOf } from "../generations.ts";
import { specificationId } from "./specifications.ts";
import type { SeededTable } from "./table.ts";

export const generatedProjects: SeededTable = {
  name: "generated_projects",
  columns: [
    "id",
    "project_id",
    "generation_version",
    "total_files",
    "total_lines",
    "test_coverage",
    "quality_score",
    "traceability_score",
    "download_url",
    "generation_started_at",
    "generation_completed_at",
    "generation_status",
    "error_message",
  ],
  refersTo: ["projects"],
  *rows({ run }) {
    for (const {
      id,
      project,
      version,
      status,
      startedAt,
      completedAt,
      files,
      current,
      random,
    } of generationsOf(run)) {
      const isDone = status === "completed";
      const lines = files.reduce((sum, file) => sum + file.lines, 0);
      const traced = new Set(files.flatMap(({ turns }) => turns)).size;
      const coverage = isDone ? random.between(6000, 9900) : null;
      const quality = isDone ? random.between(60, 99) : null;
      const traceability = isDone ? Math.floor((traced * 100) / current) : null;
      const url = isDone ? `https://downloads.example.com/${id}.zip` : null;
      const message = status === "failed" ? "the generated tests did not pass" : null;
      yield [
        id,
        project.id,
        version,
        files.length,
        lines,
        coverage,
        quality,
        traceability,
        url,
        startedAt,
        completedAt,
        status,
        message,
      ];
    }
  },
};

/** The files of completed generations; each names the specifications that it implements. */
export const generatedFiles: SeededTable = {
  name: "generated_files",
  columns: ["id", "generated_project_id", "file_path", "file_content", "file_size", "spec_ids", "created_at"],
  refersTo: ["generated_projects", "specifications"],
  *rows({ run }) {
    for (const { id: generation, files, startedAt } of generationsOf(run))
      for (const { id, path, content, size, turns } of files) {
        const from = turns.map((turn) => specificationId(run.seed, turn));
        yield [id, generation, path, content, size, from, startedAt + 20];
      }
  },
};
