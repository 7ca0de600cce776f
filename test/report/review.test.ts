import MarkdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/diff/finding.ts";
import { markdownText } from "../../src/report/markdown-text.ts";
import { commentLimit, commentMarker, reviewMarkdown } from "../../src/report/review/markdown.ts";
import type { Review } from "../../src/review/review.ts";

/** Renders as GitHub does: with HTML and links from plain addresses. */
const github = new MarkdownIt({ html: true, linkify: true });

const finding = (message: string): Finding => ({
  code: "changed",
  severity: "error",
  database: "shop",
  message,
  location: { file: "schema.md", line: 3, column: 1 },
  hint: "Fix the document.",
});

function reviewOf(findings: readonly Finding[], change: Partial<Review> = {}): Review {
  return {
    parts: [
      { name: "document", findings: [], summary: ["document: read"] },
      { name: "migrations", findings, summary: ["phases: compared"] },
      { name: "live", findings: [], summary: [] },
      { name: "hazards", findings: [], summary: [] },
    ],
    newMigrations: [],
    notChecked: ["shop: no connection string"],
    diagram: { mermaid: "erDiagram\n  a\n", caption: "All tables." },
    ...change,
  };
}

const hostile = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<!-- socrates-db -->",
  "a | b || c",
  "`code` ```fence```",
  "line one\nline two\r\n## heading\u2028end",
  "@octocat and @org/team",
  "[link](https://example.com) ![image](x.png)",
  "https://example.com www.example.com ftp://example.com me@example.com",
  "#12 GH-12 !34 owner/repo#5",
  "**bold** _it_ ~~struck~~ \\| \\",
  "&lt;b&gt; &amp; $x$",
];

describe("names in Markdown", () => {
  it.each(hostile)("%j are text: no tag, link, mention, heading or further cell", (name) => {
    const rendered = github.render(reviewMarkdown(reviewOf([finding(name)])));
    const rows = rendered.split("<h3>Migrations against the document</h3>")[1]?.split("</table>")[0] ?? "";
    expect(rows.match(/<td/g)).toHaveLength(4);
    expect(rows.replace(/<\/?(?:table|thead|tbody|tr|th|td)>/g, "")).not.toMatch(/<\w/);
    expect(rows).not.toMatch(/@\w|[^&\w]#\d|GH-\d|!\d|:\/\/|www\./);
    const shown = rows
      .replace(/[\u200b]/g, "")
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&quot;/g, '"')
      .replace(/&amp;/g, "&");
    expect(shown).toContain(`shop: ${name.replace(/\s+/g, " ").replace(/\u2028/g, "\\u2028")}`);
  });

  it("are the only comment with the marker", () => {
    const text = reviewMarkdown(reviewOf([finding("<!-- socrates-db -->")]));
    expect(text.startsWith(`${commentMarker}\n`)).toBe(true);
    expect(text.split(commentMarker)).toHaveLength(2);
  });

  it("keeps ordinary names readable", () => {
    expect(markdownText("index public.jars.idx of 3")).toBe("index public.jars.idx of 3");
  });
});

describe("the length of a comment", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => finding(`column public.jars.c${i} 🫙 is missing`));

  it("of few findings is whole, with the diagram", () => {
    const text = reviewMarkdown(reviewOf(many(20)));
    expect(text).toContain("```mermaid\nerDiagram\n  a\n```\n");
    expect(text).not.toContain("left out");
  });

  it("is cut after a row, and says how much was left out", () => {
    const text = reviewMarkdown(reviewOf(many(3000)));
    expect(text.length).toBeLessThanOrEqual(commentLimit);
    expect(text.length).toBeGreaterThan(commentLimit - 500);
    const rows = text.split("\n").filter((line) => line.startsWith("| ❌"));
    for (const row of rows) expect(row).toMatch(/\| Fix the document\. \|$/);
    // The rows and the diagram.
    expect(text).toContain(
      `\n${3000 - rows.length + 1} lines or sections are left out: a comment has at most`,
    );
    expect(github.render(text)).toContain("<h2>socrates-db: 3000 errors</h2>");
  });

  it.each([200, 350, 600, 1000, 1500])("fits %i characters, whatever is cut", (limit) => {
    const text = reviewMarkdown(reviewOf(many(9)), limit);
    expect(text.length).toBeLessThanOrEqual(Math.max(limit, 250));
    expect(text.endsWith("\n")).toBe(true);
    expect((text.match(/```/g) ?? []).length % 2).toBe(0);
  });

  it("of one name that is longer than a comment is bounded", () => {
    const text = reviewMarkdown(reviewOf([finding("🫙".repeat(100_000)), finding("last")]));
    expect(text.length).toBeLessThan(5_000);
    expect(text).toContain(" … |");
    expect(text).toContain("shop: last");
    // No character is cut in two.
    expect(Buffer.from(text).toString()).toBe(text);
  });
});
