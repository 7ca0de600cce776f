import { describe, expect, it } from "vitest";
import { scriptData, text } from "../../src/page/html/text.ts";

describe("text in HTML", () => {
  it.each([
    ["<b>&\"'</b>", "&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;"],
    ["</script><script>", "&lt;/script&gt;&lt;script&gt;"],
    ["a\u202eb", "a\\202Eb"],
    ["a\u2028b\u0000c", "a\\2028b\\0000c"],
    ["two\nlines", "two\nlines"],
    ["[link](x) **bold** `code`", "[link](x) **bold** `code`"],
    ["Ä 中 🙂", "Ä 中 🙂"],
  ])("%j is %j", (value, html) => {
    expect(text(value)).toBe(html);
  });
});

describe("data in a script element", () => {
  it.each(["</script>", "<!--<script>", "]]>", "&amp;", "\u2028\u2029", 'quote " and \\'])(
    "%j is read back and does not end the element",
    (value) => {
      const data = scriptData({ value });
      expect(JSON.parse(data)).toEqual({ value });
      expect(data).not.toMatch(/[<>&]/);
    },
  );
});
