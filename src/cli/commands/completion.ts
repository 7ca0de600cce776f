import type { CommandDefinition } from "./command.ts";

export const shells = ["bash", "zsh", "fish"] as const;

export const completion: CommandDefinition = {
  name: "completion <shell>",
  summary: "print a completion script for bash, zsh or fish",
  examples: [
    "completion bash > ~/.local/share/bash-completion/completions/socrates-db",
    "completion fish | source",
  ],
  options: {},
  words: shells,
  action: async () => (await import("../actions/completion.ts")).completionAction,
};
