import type { Command } from "commander";

/** The bounds of a run, shared by the commands that change databases. */
export function runOptions(command: Command): void {
  command
    .option("--lock-timeout <time>", "longest wait for a lock inside a migration (default: 5s)")
    .option("--lock-wait <time>", "longest wait for another runner (default: 60s)")
    .option("--statement-timeout <time>", "longest run of one statement (default: 0, no limit)")
    .option("--retries <n>", "tries again after a lock timeout (default: 5)");
}

export function formatOption(command: Command, formats: readonly string[] = ["text", "json"]): void {
  command.option("--format <format>", `output: ${formats.join(", ")} (default: text)`);
}

/** The output of the commands that report findings. */
export function findingsOptions(command: Command): void {
  const repeated = (value: string, earlier: string[] = []) => [...earlier, value];
  command
    .option("--strict", "exit 1 for warnings also")
    .option("--severity <level>", "lightest findings to report: error, warning, advice (default: advice)")
    .option(
      "--ignore <glob>",
      "leave out objects, such as public.tmp_*, or one attribute: public.users:comment; repeatable",
      repeated,
    )
    .option(
      "--output <format=file>",
      "also write the report to a file, such as sarif=drift.sarif; repeatable",
      repeated,
    );
  formatOption(command, ["text", "json", "markdown", "github", "junit", "sarif"]);
}
