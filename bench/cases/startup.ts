import { atMost, type BenchCase, sampleOf, tableOf } from "../case.ts";
import { compare } from "../measure.ts";
import { bareNode, tool } from "../tool.ts";

/** `--help`, `--version` and completion, next to a Node that does nothing. */
export const startup: BenchCase = {
  name: "startup",
  run: async ({ runs, folder }) => {
    const samples = await compare(
      [
        { name: "node -e 0", commands: [bareNode] },
        { name: "--version", commands: [tool(["--version"], { cwd: folder })] },
        { name: "--help", commands: [tool(["--help"], { cwd: folder })] },
        { name: "completion bash", commands: [tool(["completion", "bash"], { cwd: folder })] },
      ],
      runs * 4,
    );
    const bare = sampleOf(samples, "node -e 0").wallMs;
    const ratio = (name: string) => sampleOf(samples, name).wallMs / bare;
    return [
      tableOf("Startup", samples, [
        atMost("--version / bare node", ratio("--version"), 1.15),
        atMost("--help / bare node", ratio("--help"), 1.15),
        atMost("completion / bare node", ratio("completion bash"), 1.5),
      ]),
    ];
  },
};
