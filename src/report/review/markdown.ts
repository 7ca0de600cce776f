import type { Finding } from "../../diff/finding.ts";
import type { Review, ReviewPart } from "../../review/review.ts";
import { markdownText } from "../markdown-text.ts";
import { reviewContent } from "./content.ts";

/** The first line, by which a later run finds its comment. */
export const commentMarker = "<!-- socrates-db -->";

/** GitHub's limit for the text of a comment. Counted here in UTF-16 units, of which a text has at least as many. */
export const commentLimit = 65_536;

/** The longest text of a cell: a definition of thousands of characters is for other formats. */
const cellLimit = 1_000;

const titles: Readonly<Record<ReviewPart["name"], string>> = {
  document: "Document",
  migrations: "Migrations against the document",
  live: "Live databases",
  hazards: "Hazards of new migrations",
};

const signs: Readonly<Record<Finding["severity"], string>> = {
  error: "❌ error",
  warning: "⚠️ warning",
  advice: "💡 advice",
};

function plural(count: number, word: string): string {
  return `${count} ${count === 1 ? word : `${word}s`}`;
}

function countText({
  errors,
  warnings,
  advice,
}: {
  errors: number;
  warnings: number;
  advice: number;
}): string {
  const parts = [
    ...(errors > 0 ? [plural(errors, "error")] : []),
    ...(warnings > 0 ? [plural(warnings, "warning")] : []),
    ...(advice > 0 ? [`${advice} advice`] : []),
  ];
  return parts.length === 0 ? "no findings" : parts.join(", ");
}

function cell(text: string): string {
  // By code points, so that no character is cut in two.
  const points = [...text];
  return markdownText(points.length <= cellLimit ? text : `${points.slice(0, cellLimit).join("")} …`);
}

function row({ severity, database, message, location, hint }: Finding): string {
  const place = location === undefined ? "" : cell(`${location.file}:${location.line}`);
  const what = cell(database === undefined ? message : `${database}: ${message}`);
  return `| ${signs[severity]} | ${what} | ${place} | ${cell(hint ?? "")} |\n`;
}

const tableHead = "| | finding | where | what to do |\n| --- | --- | --- | --- |\n";

/** A block of text that is left out as a whole, or between two of its rows. */
interface Block {
  readonly head: string;
  readonly rows: readonly string[];
}

function bullets(title: string, lines: readonly string[]): Block[] {
  if (lines.length === 0) return [];
  return [{ head: `\n### ${title}\n\n`, rows: lines.map((line) => `- ${cell(line)}\n`) }];
}

function overview({ parts }: Review, checks: ReturnType<typeof reviewContent>["checks"]): Block {
  const rows = parts.map(({ name }) => {
    const counts = checks?.find((check) => check.name === name);
    const result = counts === undefined ? "not checked" : countText(counts);
    return `| ${titles[name]} | ${result} |\n`;
  });
  return { head: "\n| check | result |\n| --- | --- |\n", rows };
}

function diagramBlock({ diagram: { mermaid, caption } }: Review): Block {
  const drawing = mermaid === undefined ? "" : `\n\`\`\`mermaid\n${mermaid.trimEnd()}\n\`\`\`\n`;
  return { head: `\n### Diagram\n\n${cell(caption)}\n${drawing}`, rows: [] };
}

const cut = (count: number) =>
  `\n${plural(count, "line")} or sections are left out: a comment has at most ${commentLimit} characters. Run socrates-db report to see everything.\n`;

/** As many blocks and rows as fit, and how many were left out. */
function fitted(
  blocks: readonly Block[],
  limit: number,
): { readonly text: string; readonly omitted: number } {
  let text = "";
  let omitted = 0;
  for (const { head, rows } of blocks) {
    const first = rows[0] ?? "";
    if (omitted > 0 || text.length + head.length + first.length > limit) {
      omitted += Math.max(1, rows.length);
      continue;
    }
    text += head;
    for (const one of rows)
      if (omitted === 0 && text.length + one.length <= limit) text += one;
      else omitted++;
  }
  return { text, omitted };
}

/**
 * The text of a comment on a pull request, of at most {@link commentLimit} characters: longer ones end after a row, with
 * a sentence on what was left out.
 */
export function reviewMarkdown(review: Review, limit: number = commentLimit): string {
  const { counts, checks } = reviewContent(review);
  const { parts, newMigrations = [], notChecked } = review;
  const blocks: Block[] = [
    { head: `${commentMarker}\n## socrates-db: ${countText(counts)}\n`, rows: [] },
    overview(review, checks),
    ...bullets("Not checked", notChecked),
    ...bullets(
      "New migrations",
      newMigrations.map(({ database, file, phase }) => `${database}: ${file}, phase ${phase}`),
    ),
    ...parts
      .filter(({ findings }) => findings.length > 0)
      .map(({ name, findings }) => ({
        head: `\n### ${titles[name]}\n\n${tableHead}`,
        rows: findings.map(row),
      })),
    diagramBlock(review),
  ];
  const whole = fitted(blocks, limit);
  if (whole.omitted === 0) return whole.text;
  const total = blocks.reduce((sum, { rows }) => sum + 1 + rows.length, 0);
  const { text, omitted } = fitted(blocks, limit - cut(total).length);
  return `${text}${cut(omitted)}`;
}
