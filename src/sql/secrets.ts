/** The position of a secret in a text, in UTF-16 units. */
interface Span {
  readonly start: number;
  readonly end: number;
}

const name = String.raw`\b\w{0,64}(?:passw(?:or)?d|passphrase|secret|token|credential|api_?key)\w{0,64}["']?`;
const literal = String.raw`(?:[EUBN]&?)?'[^']*(?:''[^']*)*(?:'|$)|\$(\w{0,64})\$[\s\S]{0,4096}?\$\1\$`;

/** SQL with secrets; the group "secret" must not be shown. Repetitions are bounded, so that the time is linear. */
const places: readonly RegExp[] = [
  // PASSWORD 'x', OPTIONS (password 'x'), set_config('app.token', 'x'), secret = 'x'
  new RegExp(`${name}\\s{0,64}(?:=>|:=|=|,)?\\s{0,64}(?<secret>${literal})`, "gi"),
  // A connection string of libpq within a literal, in which quotes are doubled.
  /\bpassw(?:or)?d\s{0,64}=\s{0,64}(?<secret>''(?:[^'\\]|\\.){0,1024}''|[^\s'"]{1,1024})/gi,
  // The same in the form of a URI.
  /:\/\/[^\s:@/'"]{0,256}:(?<secret>[^\s'"]{1,1024})@/g,
  // ALTER ROLE r PASSWORD x, a syntax error without quotes.
  /\b(?:role|user)\b[^;(']{0,512}?\bpassword\s{1,64}(?!null\b)(?<secret>"[^"]{0,1024}"|[^\s'";]{1,1024})/gi,
];

function spansIn(sql: string): Span[] {
  return places.flatMap((place) =>
    [...sql.matchAll(place)].map((match) => {
      const { secret = "" } = match.groups ?? {};
      const start = match.index + match[0].lastIndexOf(secret);
      return { start, end: start + secret.length };
    }),
  );
}

/** A secret without its quotes. */
function bare(text: string): string {
  const inner = /^(?:[EUBN]&?)?(['"])([\s\S]*)\1$/i.exec(text)?.[2] ?? text;
  return inner.replace(/^'|'$|^\$\w*\$|\$\w*\$$/g, "").replaceAll("''", "'");
}

/** The secrets in an SQL text: passwords of roles, subscriptions, foreign servers and the like. */
export function secretsOfSql(sql: string): string[] {
  const texts = spansIn(sql).map(({ start, end }) => sql.slice(start, end));
  return [...new Set(texts.flatMap((text) => [text, bare(text)]))].filter((text) => text.length > 0);
}

/** A text without these secrets. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}

/** An SQL text in which each secret is replaced by as many stars, so that all positions and line breaks stay. */
export function starred(sql: string): string {
  const shown: string[] = [];
  let done = 0;
  for (const { start, end } of spansIn(sql).sort((a, b) => a.start - b.start)) {
    if (end <= done) continue;
    const from = Math.max(start, done);
    shown.push(sql.slice(done, from), sql.slice(from, end).replace(/[^\r\n]/g, "*"));
    done = end;
  }
  return shown.join("") + sql.slice(done);
}
