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
  command.option("--strict", "exit 1 for warnings, too");
  formatOption(command, ["text", "json", "markdown", "github", "junit", "sarif"]);
}
