import { formatOption } from "../arguments/common-options.ts";
import { choice, flag, integer } from "../arguments/option.ts";
import { runOptions } from "../arguments/run-options.ts";
import type { CommandDefinition } from "./command.ts";

/** More would take a server days, and is probably a typing error. */
const maxUsers = 1_000_000;

export const options = {
  users: integer("--users <n>", {
    summary: "how many users; their projects and other rows are included",
    min: 1,
    max: maxUsers,
  }),
  scale: choice("--scale <size>", {
    summary: "small, medium or large: about a thousand, 100 thousand or 10 million rows",
    values: ["small", "medium", "large"],
    byDefault: "small",
  }),
  seed: integer("--seed <k>", {
    summary: "random seed: the same number gives the same rows",
    byDefault: 1,
    min: 0,
  }),
  append: flag("--append", { summary: "add users to the seeded ones" }),
  reset: flag("--reset", { summary: "delete seeded rows and start over" }),
  yes: flag("--yes", { summary: "delete without asking" }),
  allowRemote: flag("--allow-remote", { summary: "allow a remote server" }),
  ...runOptions,
  format: formatOption,
} as const;

export const seed: CommandDefinition = {
  name: "seed",
  summary: "fill the tables with consistent sample data",
  examples: [
    "seed",
    "seed --users 50 --seed 1",
    "seed --scale large --reset --yes",
    "seed --append --users 10 --seed 2",
  ],
  options,
  exclusive: [
    [options.users, options.scale],
    [options.append, options.reset],
  ],
  action: async () => (await import("../actions/seed.ts")).seedAction,
};
