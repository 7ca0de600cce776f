/** A fence of a Markdown document with the program's output. */
export interface PrintedBlock {
  /** The command's arguments, for example `diagram`, `--phase`, `2`. */
  readonly args: readonly string[];
  readonly output: string;
}

/** A comment with the command, and the fence below it. */
const pattern = /(<!-- printed by: socrates-db ([^\n]*?) -->\n\n```text\n)([\s\S]*?)(```\n)/g;

/** The fences of a document below a comment such as `<!-- printed by: socrates-db diagram -->`. */
export function printedBlocks(markdown: string): PrintedBlock[] {
  return [...markdown.matchAll(pattern)].map(([, , command = "", output = ""]) => ({
    args: command.split(" "),
    output,
  }));
}

/** The document with new output in its fences, in order. */
export function withOutputs(markdown: string, outputs: readonly string[]): string {
  let next = 0;
  return markdown.replace(
    pattern,
    (_, head: string, _command: string, old: string, end: string) => `${head}${outputs[next++] ?? old}${end}`,
  );
}
