/** Writes a page for each command, and their index, to the given folder; part of `npm run docs`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { allGlobalOptions } from "../cli/arguments/global-options.ts";
import type { CommandOption } from "../cli/arguments/option.ts";
import type { CommandDefinition } from "../cli/commands/command.ts";
import { commandsFor } from "../cli/commands/index.ts";
import { databases } from "../databases.ts";

const generated = "<!-- Written by npm run docs, from the program's own definitions. -->";

/** Text of a table's cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function optionRow({ flags, summary, byDefault, isRepeated }: CommandOption<unknown>): string {
  const notes = [
    ...(byDefault === undefined ? [] : [`default: ${byDefault}`]),
    ...(isRepeated === undefined ? [] : ["repeatable"]),
  ];
  const text = notes.length === 0 ? summary : `${summary} (${notes.join("; ")})`;
  return `| \`${flags.replaceAll("|", "\\|")}\` | ${cell(text)} |`;
}

function optionTable(options: readonly CommandOption<unknown>[]): string {
  return ["| option | |", "|---|---|", ...options.map(optionRow)].join("\n");
}

/** The notes of the help: paragraphs as they are, and lines that are indented as code. */
function notesText(notes: string): string {
  const blocks = notes.trim().split(/\n(?=\s*\n)/);
  return blocks
    .map((block) => {
      const lines = block.replace(/^\n+/, "").split("\n");
      return lines.some((line) => /^ {2}/.test(line))
        ? `\`\`\`text\n${lines.join("\n")}\n\`\`\``
        : lines.map((line) => line.replaceAll("<", "&lt;")).join("\n");
    })
    .join("\n\n");
}

const exitCodes = {
  always: "0 clean, 1 findings, 2 could not run",
  migrates: "0 clean, 1 findings, 2 could not run, 3 a migration was refused or failed",
} as const;

function page({ name, summary, notes, options, examples, migrates }: CommandDefinition): string {
  const own = Object.values(options);
  const sections = [
    generated,
    `# socrates-db ${name.split(" ")[0]}`,
    `${summary[0]?.toUpperCase()}${cell(summary.slice(1))}.`,
    `\`\`\`text\nsocrates-db ${name} [options]\n\`\`\``,
    ...(notes === undefined ? [] : [notesText(notes)]),
    "## Examples",
    `\`\`\`sh\n${examples.map((example) => `socrates-db ${example}`).join("\n")}\n\`\`\``,
    ...(own.length === 0 ? [] : ["## Options", optionTable(own)]),
    `The [options of all commands](index.md#options-of-all-commands) apply also.`,
    `Exit codes: ${migrates ? exitCodes.migrates : exitCodes.always}.`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function nameOf({ name }: CommandDefinition): string {
  return name.split(" ")[0] ?? name;
}

const [, , folder] = process.argv;
if (folder === undefined) throw new Error("the folder of the pages is missing");
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) rmSync(path.join(folder, file));
const commands = commandsFor(databases);
for (const command of commands) writeFileSync(path.join(folder, `${nameOf(command)}.md`), page(command));
const rows = commands.map((command) => {
  const name = nameOf(command);
  return `| [${name}](${name}.md) | ${cell(command.summary)} |`;
});
writeFileSync(
  path.join(folder, "index.md"),
  `${generated}

# Commands

| command | |
|---|---|
${rows.join("\n")}

## Options of all commands

${optionTable(allGlobalOptions(databases))}
`,
);
