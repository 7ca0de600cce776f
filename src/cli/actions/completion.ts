import type { NamedDatabase } from "../../databases.ts";
import { SocratesError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { allGlobalOptions } from "../arguments/global-options.ts";
import { type CommandOption, longName } from "../arguments/option.ts";
import type { Action } from "../commands/command.ts";
import { shells } from "../commands/completion.ts";
import { commandsFor } from "../commands/index.ts";

/** What a shell needs to know about one command. */
interface Completable {
  readonly name: string;
  readonly summary: string;
  /** The possible values of its argument; empty if completion does not know them. */
  readonly words: readonly string[];
  readonly options: readonly CompletableOption[];
}

interface CompletableOption {
  readonly long: string;
  readonly summary: string;
  readonly values: readonly string[] | "files" | undefined;
}

const programName = "socrates-db";

function completableOption(option: CommandOption<unknown>): CompletableOption {
  return { long: longName(option), summary: option.summary, values: option.values };
}

/** All commands and global options. */
function completables(databases: readonly NamedDatabase[]): Completable[] {
  return commandsFor(databases).map(({ name, summary, words = [], options }) => ({
    name: name.split(" ")[0] ?? name,
    summary,
    words,
    options: [...Object.values(options), ...allGlobalOptions(databases)].map(completableOption),
  }));
}

/** The case of one option in bash: the completions of the next word. */
function valueCase(place: string, values: CompletableOption["values"]): string[] {
  if (values === undefined) return [];
  const offered = values === "files" ? "-f" : `-W "${values.join(" ")}"`;
  return [`    ${place}) COMPREPLY=($(compgen ${offered} -- "$current")); return ;;`];
}

function bash(completable: readonly Completable[], globals: readonly CompletableOption[]): string {
  const cases = completable.map(
    ({ name, words, options }) =>
      `    ${name}) words="${[...words, ...options.map(({ long }) => long)].join(" ")}" ;;`,
  );
  const valueCases = [
    ...completable.flatMap(({ name, options }) =>
      options.flatMap(({ long, values }) => valueCase(`"${name} ${long}"`, values)),
    ),
    // The options before any command.
    ...globals.flatMap(({ long, values }) => valueCase(`" ${long}"`, values)),
  ];
  return `_socrates_db() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words="" word command=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do case $word in
    ${completable.map(({ name }) => name).join("|")}) command=$word ;;
  esac; done
  case "$command $previous" in
${valueCases.join("\n")}
  esac
  words="${completable.map(({ name }) => name).join(" ")}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do case $word in
${cases.join("\n")}
  esac; done
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _socrates_db ${programName}
`;
}

const quoteZsh = (text: string) => text.replace(/['[\]:\\]/g, (c) => (c === "'" ? "'\\''" : `\\${c}`));

function zsh(completable: readonly Completable[]): string {
  const list = completable.map(({ name, summary }) => `    '${name}:${quoteZsh(summary)}'`);
  const cases = completable.map(({ name, words, options }) => {
    // The first argument is the command itself.
    const first = words.length === 0 ? [] : [`'2:argument:(${words.join(" ")})'`];
    const described = options.map(({ long, summary, values }) => {
      const action = values === "files" ? ":file:_files" : values && `:value:(${values.join(" ")})`;
      return `'${long}[${quoteZsh(summary)}]${action ?? ""}'`;
    });
    return `    ${name}) _arguments ${[...first, ...described].join(" ")} ;;`;
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

function fish(completable: readonly Completable[]): string {
  const lines = completable.flatMap(({ name, summary, words, options }) => [
    `complete -c ${programName} -n __fish_use_subcommand -f -a ${name} -d ${quoteFish(summary)}`,
    ...words.map(
      (word) => `complete -c ${programName} -n '__fish_seen_subcommand_from ${name}' -f -a ${word}`,
    ),
    ...options.map(({ long, summary: text, values }) => {
      const value = values === "files" ? " -r -F" : values && ` -x -a ${quoteFish(values.join(" "))}`;
      return `complete -c ${programName} -n '__fish_seen_subcommand_from ${name}' -l ${long.slice(2)}${value ?? ""} -d ${quoteFish(text)}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}

const scripts: Readonly<
  Record<
    (typeof shells)[number],
    (completable: readonly Completable[], globals: readonly CompletableOption[]) => string
  >
> = {
  bash,
  zsh,
  fish,
};

/** `socrates-db completion` */
export const completionAction: Action = async ({ io, args, databases }) => {
  const [word = ""] = args;
  const shell = shells.find((name) => name === word);
  if (shell === undefined) {
    const near = nearest(word, shells);
    throw new SocratesError("usage", `no completion for the shell "${word}"`, {
      hint: near === undefined ? `Use one of: ${shells.join(", ")}.` : `Did you mean "${near}"?`,
    });
  }
  await io.out(scripts[shell](completables(databases), allGlobalOptions(databases).map(completableOption)));
  return 0;
};
