import type { Workspace } from "../project/workspace.ts";
import { type SeedReport, seedReport } from "../report/seed.ts";
import type { RunSettings } from "../runner/settings.ts";
import { scales } from "../seed/scales.ts";
import { seed } from "../seed/seed.ts";
import type { SeedCall } from "./calls.ts";

/** What `seed --format json` prints. */
export async function seedTables(
  workspace: Workspace,
  options: SeedCall,
  settings: Omit<RunSettings, "report">,
): Promise<SeedReport> {
  const { scale = "small", users = scales[scale], mode = "new", allowRemote = false } = options;
  const result = await seed(workspace, {
    ...settings,
    seed: options.seed ?? 1,
    users,
    mode,
    allowRemote,
    // To reset is what the caller asked for.
    confirm: async () => {},
    report: options.onEvent ?? (() => {}),
  });
  return seedReport(result);
}
