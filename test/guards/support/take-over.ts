import type { Tool } from "../../../src/init/model.ts";
import { planTakeOver } from "../../../src/init/plan.ts";

/** Plans the takeover of a repository that consists of some files, whose migrations are in `db`. */
export function takeOver(files: Readonly<Record<string, string>>, tool: Tool): void {
  const repository = {
    root: "/",
    files: Object.keys(files).sort(),
    unsearched: [],
    foldersIn: () => [],
    text: (file: string) => ({ text: files[file] ?? "" }),
  };
  tool.find(repository);
  planTakeOver("db", tool.read(repository, "db"));
}
