import { formatOption } from "../arguments/common-options.ts";
import { choice, flag, integer } from "../arguments/option.ts";
import { runOptions } from "../arguments/run-options.ts";
import type { CommandDefinition } from "./command.ts";

/** More would take a server days; a mistyped number should not. */
const maxUsers = 1_000_000;

export const options = {
  users: integer("--users <n>", {
    summary: "how many users; what they have made is included",
    min: 1,
    max: maxUsers,
  }),
  scale: choice("--scale <size>", {
    summary: "small, medium or large: about a thousand, 100 thousand or 10 million rows",
    values: ["small", "medium", "large"],
    byDefault: "small",
  }),
  seed: integer("--seed <k>", {
    summary: "which data: the same number gives the same rows",
    byDefault: 1,
    min: 0,
  }),
  append: flag("--append", { summary: "add users to those that were seeded before" }),
  reset: flag("--reset", { summary: "delete seeded rows and start over" }),
  yes: flag("--yes", { summary: "delete without asking" }),
  allowRemote: flag("--allow-remote", { summary: "fill a server that is not this machine" }),
  ...runOptions,
  format: formatOption,
} as const;

export const seed: CommandDefinition = {
  name: "seed",
  summary: "fill the tables of both databases with consistent sample data",
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
