import { dollarQuoted, literal } from "../sql/quote.ts";

/** A text as SQL; a carriage return is written as an escape, as files and Markdown change line ends. */
export function textLiteral(text: string): string {
  if (!text.includes("\r")) return literal(text).trim();
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\r", "\\r");
  return `E'${escaped}'`;
}

/** The body of a function as people write it: between `$$`, unless it contains them. */
export function bodyLiteral(body: string): string {
  if (body.includes("\r")) return textLiteral(body);
  return /\$\$|\$$/.test(body) ? dollarQuoted(body) : `$$${body}$$`;
}
