import { existsSync, renameSync } from "node:fs";
import path from "node:path";
import { type Aim, atMost, type BenchCase, sampleOf, tableOf } from "../case.ts";
import { compare } from "../measure.ts";
import { tool } from "../tool.ts";

/** The migrations of this application, rehearsed and applied to embedded databases in a new folder. */
export const rehearse: BenchCase = {
  name: "rehearse",
  run: async ({ folder, runs }) => {
    const cwd = path.join(folder, "..");
    const data = path.join(folder, "rehearse");
    let made = 0;
    // Moved and not removed: some file systems create files slowly right after others were removed.
    const moveAway = async () => {
      if (existsSync(data)) renameSync(data, `${data}-${made++}`);
    };
    const command = (...args: string[]) => tool(["--data-dir", data, ...args, "--quiet"], { cwd });
    // With a limit the migrations are executed; without one the databases are created at their heads.
    const [applied, rehearsed] = ["migrate --to 14, fresh folder", "rehearse"] as const;
    const samples = await compare(
      [
        { name: applied, prepare: moveAway, commands: [command("migrate", "--to", "14")] },
        { name: rehearsed, prepare: moveAway, commands: [command("rehearse")] },
      ],
      runs,
    );
    const [base, own] = [sampleOf(samples, applied), sampleOf(samples, rehearsed)];
    const memory: Aim[] = own.peakMb === undefined ? [] : [atMost("peak MB, rehearse", own.peakMb, 350)];
    return [
      tableOf("The migrations rehearsed", samples, [
        atMost(`${rehearsed} / ${applied}`, own.wallMs / base.wallMs, 2.5),
        ...memory,
      ]),
    ];
  },
};
