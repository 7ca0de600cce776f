import type { Command } from "commander";
import { databases } from "../../databases.ts";
import { columnsModes } from "../../diagram/columns.ts";
import { severities } from "../../diff/finding.ts";
import { SocratesError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { findingsFormats } from "../../report/findings/index.ts";
import type { Action } from "../commands/command.ts";
import { checkNames } from "../commands/verify.ts";
import { sourceWords } from "../sources.ts";

/** What a shell needs to know of one command. */
interface Completable {
  readonly name: string;
  readonly summary: string;
  /** What its argument may be; empty where that is up to the user. */
  readonly words: readonly string[];
  readonly options: readonly { readonly flag: string; readonly summary: string }[];
}

const programName = "socrates-db";

function optionsOf(command: Command): Completable["options"] {
  return command.options.flatMap(({ long, description }) =>
    long ? [{ flag: long, summary: description }] : [],
  );
}

function completable(program: Command): Completable[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.description(),
    words: argumentWords[command.name()] ?? [],
    options: [...optionsOf(command), ...optionsOf(program)],
  }));
}

/** Values of options, by the option; of those that mean something else elsewhere, by command and option. */
const values: Record<string, readonly string[]> = {
  "--database": databases.map(({ key }) => key),
  "--url": databases.map(({ key }) => `${key}=`),
  "--confirm": ["NNN=done", "NNN=undone"],
  "--columns": columnsModes,
  "--style": ["unicode", "ascii", "mermaid", "dot", "svg"],
  "--scale": ["small", "medium", "large"],
  "--severity": severities,
  "--output": findingsFormats.map((format) => `${format}=`),
  "--format": ["text", "json"],
  "diff --format": findingsFormats,
  "verify --format": findingsFormats,
  "diff --from": sourceWords,
  "diff --to": sourceWords,
  "diagram --source": sourceWords,
};

function valuesOf(command: string, flag: string): readonly string[] | undefined {
  return values[`${command} ${flag}`] ?? values[flag];
}

function bash(commands: readonly Completable[]): string {
  const cases = commands.map(
    ({ name, words, options }) =>
      `    ${name}) words="${[...words, ...options.map(({ flag }) => flag)].join(" ")}" ;;`,
  );
  // The first that fits is taken, so those of one command come before those of all.
  const valueCases = Object.entries(values)
    .sort(([a], [b]) => Number(a.startsWith("--")) - Number(b.startsWith("--")))
    .map(([place, words]) => {
      const pattern = place.startsWith("--") ? `*" ${place}"` : `"${place}"`;
      return `    ${pattern}) COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$current")); return ;;`;
    });
  return `_socrates_db() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words="" word command=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do case $word in
    ${commands.map(({ name }) => name).join("|")}) command=$word ;;
  esac; done
  case "$command $previous" in
${valueCases.join("\n")}
    *" --config"|*" --data-dir"|*" --document") COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  words="${commands.map(({ name }) => name).join(" ")}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do case $word in
${cases.join("\n")}
  esac; done
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _socrates_db ${programName}
`;
}

const quoteZsh = (text: string) => text.replace(/['[\]:\\]/g, (c) => (c === "'" ? "'\\''" : `\\${c}`));

function zsh(commands: readonly Completable[]): string {
  const list = commands.map(({ name, summary }) => `    '${name}:${quoteZsh(summary)}'`);
  const cases = commands.map(({ name, words: argument, options }) => {
    // The command itself is the first argument.
    const first = argument.length === 0 ? [] : [`'2:argument:(${argument.join(" ")})'`];
    const specs = options.map(({ flag, summary }) => {
      const words = valuesOf(name, flag);
      const value = words === undefined ? "" : `:value:(${words.join(" ")})`;
      return `'${flag}[${quoteZsh(summary)}]${value}'`;
    });
    return `    ${name}) _arguments ${[...first, ...specs].join(" ")} ;;`;
  });
  return `#compdef ${programName}
_socrates_db() {
  local -a commands
  commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case $words[2] in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = "_socrates_db" ]; then _socrates_db "$@"; else compdef _socrates_db ${programName}; fi
`;
}

const quoteFish = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;

function fish(commands: readonly Completable[]): string {
  const lines = commands.flatMap(({ name, summary, words: argument, options }) => [
    `complete -c ${programName} -n __fish_use_subcommand -f -a ${name} -d ${quoteFish(summary)}`,
    ...argument.map(
      (word) => `complete -c ${programName} -n '__fish_seen_subcommand_from ${name}' -f -a ${word}`,
    ),
    ...options.map(({ flag, summary: text }) => {
      const words = valuesOf(name, flag);
      const value = words === undefined ? "" : ` -x -a ${quoteFish(words.join(" "))}`;
      return `complete -c ${programName} -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}${value} -d ${quoteFish(text)}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}

const shells: Record<string, (commands: readonly Completable[]) => string> = { bash, zsh, fish };

/** What the argument of a command may be. */
const argumentWords: Readonly<Record<string, readonly string[]>> = {
  completion: Object.keys(shells),
  verify: [...checkNames, "all"],
};

/** `socrates-db completion` */
export const completionAction: Action = async ({ io, args, program }) => {
  const [shell = ""] = args;
  const script = shells[shell];
  if (script === undefined) {
    const near = nearest(shell, Object.keys(shells));
    throw new SocratesError("usage", `there is no completion for the shell "${shell}"`, {
      hint: near === undefined ? `Use one of: ${Object.keys(shells).join(", ")}.` : `Did you mean "${near}"?`,
    });
  }
  await io.out(script(completable(program)));
  return 0;
};
