const stars = "***";

/** `user:password@` behind `://`; quotes and white space end it, so that a line of JSON keeps its form. */
const userInfo = /(:\/\/)([^\s:@/"'<>]*):[^\s"'<>]*@/g;
const passwordParameter = /([?&]password=)[^\s&"'<>]+/gi;

/** Below this length a word such as `postgres` is only a secret where it stands alone. */
const alwaysReplaced = 12;

/**
 * `text` with `***` in place of each secret, of its percent-encoded forms and of the form that it has inside JSON,
 * and in place of whatever stands as a password in a URL. A short secret of word characters alone is kept inside
 * longer words: the password `socrates` must not tear up the name `socrates_auth`.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const longestFirst = [...new Set(secrets)]
    .filter((secret) => secret !== "")
    .sort((a, b) => b.length - a.length);
  let redacted = text;
  for (const secret of longestFirst) redacted = redacted.replace(pattern(secret), stars);
  return redacted.replace(userInfo, `$1$2:${stars}@`).replace(passwordParameter, `$1${stars}`);
}

function pattern(secret: string): RegExp {
  const characters = Array.from(secret, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    const forms = new Set([character, escaped].map(escapeRegExp));
    return `(?:${[...forms, percentEncoded(character)].join("|")})`;
  });
  const body = characters.join("");
  const isShortWord = secret.length < alwaysReplaced && /^\w+$/.test(secret);
  return new RegExp(isShortWord ? `(?:(?<!\\w)|(?<=%[0-9a-fA-F]{2}))${body}(?!\\w)` : body, "gu");
}

/** Pattern of the escapes for the bytes of a character; the digits may be of either case. */
function percentEncoded(character: string): string {
  const bytes = [...Buffer.from(character, "utf8")].map((byte) => byte.toString(16).padStart(2, "0"));
  return bytes
    .map((byte) => `%${byte.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`)
    .join("");
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
