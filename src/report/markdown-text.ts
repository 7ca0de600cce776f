import { visible } from "./visible.ts";

/** A zero-width space, which breaks words that GitHub and GitLab would make links or mentions of. */
const gap = "&#8203;";

/**
 * Text of any origin in Markdown, as text: no markup, tag, mention, link or line break. CommonMark, sections 2.4 and
 * 2.5; GitHub, "Autolinked references and URLs".
 */
export function markdownText(text: string): string {
  return visible(text.replace(/\s+/g, " ").trim())
    .replace(/[\\`*_{}[\]<>|#~&$]/g, (sign) => (sign === "&" ? "&amp;" : `\\${sign}`))
    .replace(/@(?=\w)|:(?=\/\/)|\bwww(?=\.)|\bgh(?=-\d)|\\#(?=\d)|!(?=\d)/gi, `$&${gap}`);
}
