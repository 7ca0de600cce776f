import { existsSync, renameSync } from "node:fs";
import path from "node:path";
import { type Aim, atMost, type BenchCase, sampleOf, tableOf } from "../case.ts";
import { compare } from "../measure.ts";
import { bareNode, tool } from "../tool.ts";

/** Both embedded databases: from a fresh folder to the head, and with nothing to do. */
export const embedded: BenchCase = {
  name: "embedded",
  run: async ({ folder, runs }) => {
    const cwd = path.join(folder, "..");
    const args = (name: string) => ["--data-dir", path.join(folder, name), "migrate", "--quiet"];
    const fresh = path.join(folder, "fresh");
    let made = 0;
    // Moved and not removed: some file systems create files slowly right after others were removed.
    const moveAway = async () => {
      if (existsSync(fresh)) renameSync(fresh, `${fresh}-${made++}`);
    };
    const samples = await compare(
      [
        { name: "node -e 0", commands: [bareNode] },
        {
          name: "migrate, fresh folder",
          prepare: moveAway,
          commands: [tool(args("fresh"), { cwd })],
        },
        { name: "migrate, nothing to do", commands: [tool(args("kept"), { cwd })] },
      ],
      runs,
    );
    const bare = sampleOf(samples, "node -e 0").wallMs;
    const first = sampleOf(samples, "migrate, fresh folder");
    const memory: Aim[] =
      first.peakMb === undefined ? [] : [atMost("peak MB, fresh folder", first.peakMb, 200)];
    return [
      tableOf("Embedded databases", samples, [
        atMost("fresh folder / bare node", first.wallMs / bare, 24),
        atMost("nothing to do / bare node", sampleOf(samples, "migrate, nothing to do").wallMs / bare, 14),
        ...memory,
      ]),
    ];
  },
};
