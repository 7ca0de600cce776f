/** A heading such as `<h2 align="center">Museum</h2>`. */
export interface HtmlHeading {
  readonly depth: number;
  readonly text: string;
  /** From 0, within the block. */
  readonly line: number;
}

const comments = /<!--[\s\S]*?(?:-->|$)/g;
/** Repetitions are bounded, so that the time is linear. */
const headings = /<h([1-6])(?:\s[^>]{0,400})?>([\s\S]{0,1000}?)<\/h\1\s{0,10}>/gi;
const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', nbsp: " " };

/** The words of HTML without its tags. */
function wordsOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&(lt|gt|amp|quot|nbsp);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/\s+/g, " ")
    .trim();
}

/** The headings in a block of HTML, without those in comments. */
export function htmlHeadings(html: string): HtmlHeading[] {
  const shown = html.replace(comments, (comment) => comment.replace(/[^\n]/g, " "));
  return [...shown.matchAll(headings)].map(({ 1: depth, 2: inner = "", index }) => ({
    depth: Number(depth),
    text: wordsOf(inner),
    line: shown.slice(0, index).split("\n").length - 1,
  }));
}

/** The directive in a comment: `database shop` in `<!-- socrates-db: database shop -->`. */
export function directiveIn(html: string): string | undefined {
  return /^\s*<!--\s*socrates-db:\s*(.*?)\s*-->\s*$/s.exec(html)?.[1];
}
