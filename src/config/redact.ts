const stars = "***";

const passwordParameter = /([?&]password=)[^\s&"'<>]+/gi;

/** A shorter word, such as `postgres`, is only a secret as a whole word. */
const alwaysReplaced = 12;

/**
 * `text` with `***` in place of each secret, in plain, percent-encoded and JSON-escaped form, and of every password
 * in a URL. A short secret that consists of word characters is only replaced as a whole word: the password `socrates`
 * must not break the name `shop`.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const longestFirst = [...new Set(secrets)]
    .filter((secret) => secret !== "")
    .sort((a, b) => b.length - a.length);
  const redacted = longestFirst.reduce(withoutSecret, text);
  return redacted.replace(unbroken, withoutPassword).replace(passwordParameter, `$1${stars}`);
}

/** A URL in a text ends at quotes and white space, so that JSON stays valid. */
const unbroken = /[^\s"'<>]+/g;

/** In `user:password@` after `://`, everything up to the last `@` is replaced. */
function withoutPassword(run: string): string {
  const end = run.lastIndexOf("@");
  const opening = /:\/\/[^:@/]*:/.exec(run.slice(0, Math.max(end, 0)));
  return opening === null
    ? run
    : `${run.slice(0, opening.index + opening[0].length)}${stars}${run.slice(end)}`;
}

/** A text without any form of one secret. */
function withoutSecret(text: string, secret: string): string {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const forms = inJson === secret ? [secret] : [inJson, secret];
  return forms.reduce((rest, form) => withoutForm(rest, form), text);
}

/** A text without one form of a secret, in which any character may be percent-encoded. */
function withoutForm(text: string, form: string): string {
  if (form.length > text.length || !(text.includes("%") || text.includes(form))) return text;
  const needsEnd = form.length < alwaysReplaced && /^\w+$/.test(form);
  const folded = text.replace(/%[\da-f]{2}/gi, (code) => code.toLowerCase());
  const spellings = Array.from(form, (plain) => ({ plain, encoded: percentEncoded(plain) }));
  const pieces: string[] = [];
  let done = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== form[0] && text[at] !== "%") continue;
    const end = text.startsWith(form, at) ? at + form.length : endOfSpelling(text, folded, at, spellings);
    if (end === undefined || (needsEnd && !standsAlone(text, at, end))) continue;
    pieces.push(text.slice(done, at));
    done = end;
    at = end - 1;
  }
  return [...pieces, text.slice(done)].join(stars);
}

interface Spelling {
  readonly plain: string;
  readonly encoded: string;
}

/**
 * The end of a secret's spelling that begins at a position; undefined if none does. `%25` is read as an escape.
 * @param folded the text with its escapes in lower case
 */
function endOfSpelling(
  text: string,
  folded: string,
  start: number,
  spellings: readonly Spelling[],
): number | undefined {
  let at = start;
  for (const { plain, encoded } of spellings) {
    if (folded.startsWith(encoded, at)) at += encoded.length;
    else if (text.startsWith(plain, at)) at += plain.length;
    else return undefined;
  }
  return at;
}

/** Whether a position is outside of a word. The digits of a preceding escape do not count as a word. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 3), start);
  return (!/\w$/.test(before) || /^%[\da-f]{2}$/i.test(before)) && !/\w/.test(text.charAt(end));
}

/** The escapes of a character's bytes, in lower case. */
function percentEncoded(character: string): string {
  return [...Buffer.from(character, "utf8")].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}
