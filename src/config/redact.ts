const stars = "***";

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
  const redacted = longestFirst.reduce(withoutSecret, text);
  return redacted.replace(unbroken, withoutPassword).replace(passwordParameter, `$1${stars}`);
}

/** What a URL in a text can be: quotes and white space end it, so that a line of JSON keeps its form. */
const unbroken = /[^\s"'<>]+/g;

/** `user:password@` behind `://` has the stars in place of all up to the last `@`. */
function withoutPassword(run: string): string {
  const end = run.lastIndexOf("@");
  const opening = /:\/\/[^:@/]*:/.exec(run.slice(0, Math.max(end, 0)));
  return opening === null
    ? run
    : `${run.slice(0, opening.index + opening[0].length)}${stars}${run.slice(end)}`;
}

/** A text without one secret in any of its forms. */
function withoutSecret(text: string, secret: string): string {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const forms = inJson === secret ? [secret] : [inJson, secret];
  return forms.reduce((rest, form) => withoutForm(rest, form), text);
}

/** A text without one form of a secret, each character of which may be percent-encoded. */
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
 * Where a spelling that begins at a place ends; undefined where none does. `%25` is read as an escape.
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

/** Whether a place is not inside a word. The digits of an escape before it do not count as a word. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 3), start);
  return (!/\w$/.test(before) || /^%[\da-f]{2}$/i.test(before)) && !/\w/.test(text.charAt(end));
}

/** The escapes for the bytes of a character, in lower case. */
function percentEncoded(character: string): string {
  return [...Buffer.from(character, "utf8")].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}
