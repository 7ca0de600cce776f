import { nearest } from "../nearest.ts";
import { parameters } from "./parameters.ts";

const parameterNames = parameters.map(({ name }) => name);

/** Names of variables and options whose values are secret. */
const secretName = /passw|pwd|secret|token|credential|url/i;

/** Whether a text is a connection string: a URI, a list of `keyword=value`, or a URI without its scheme. */
export function looksLikeConnection(text: string): boolean {
  if (/^\s*[a-z][a-z0-9+.-]*:\/\//i.test(text)) return true;
  if (/^[^\s/@:]+:[^\s]*@/.test(text)) return true;
  const names = [...text.matchAll(/(?:^|\s)([a-z_]+)\s*=/gi)].map(([, name = ""]) => name);
  return names.length > 1 || names.some((name) => nearest(name, parameterNames) !== undefined);
}

/** The text between `//user:`, or `user:` at the start, and the last `@` of a word. */
function passwordInWord(word: string, isFirst: boolean): string[] {
  const before = word.slice(0, Math.max(0, word.lastIndexOf("@")));
  const opening = (isFirst ? /(?:^|\/\/)[^:/]*:/ : /\/\/[^:/]*:/).exec(before);
  return opening === null ? [] : [before.slice(opening.index + opening[0].length)];
}

/** What may be a password in a connection string, even in a malformed one with misspelt parameters. */
function passwordsIn(text: string): string[] {
  const userInfo = text.split(/\s/).flatMap((word, i) => passwordInWord(word, i === 0));
  // Only from the start of a name: otherwise a long name without "=" would be scanned again from each character.
  const pairs = [...text.matchAll(/(?<![a-z_])([a-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'?|(?:[^\s'&\\]|\\.)+)/gi)];
  const values = pairs
    .filter(([, name = ""]) => /passw/i.test(name) || !parameterNames.includes(name))
    .map(([, , value = ""]) => value);
  const bare = values.map((value) => value.replace(/^'|'$/g, "").replace(/\\(.)/gs, "$1"));
  return [...userInfo, ...values, ...bare].flatMap((value) => [value, decoded(value)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The parts of a command line that no message may repeat: words that look like connection strings, their passwords,
 * and values of options and variables with secret-sounding names. A mistyped option must not show its value.
 */
export function secretsOfArguments(argv: readonly string[]): string[] {
  const secrets = argv.flatMap((word, i) => {
    const [, name = "", value] = /^([\w-]+)=(.*)$/s.exec(word) ?? [];
    const before = argv[i - 1] ?? "";
    const given = value ?? (before.startsWith("--") && secretName.test(before) ? word : undefined);
    const own = given !== undefined && secretName.test(value === undefined ? before : name) ? [given] : [];
    const texts = [word, ...(value === undefined ? [] : [value])].filter(looksLikeConnection);
    return [...own, ...texts, ...texts.flatMap(passwordsIn)];
  });
  // Secrets are replaced after a message has been put on one line.
  const inOneLine = secrets.map((secret) => secret.replace(/\s+/g, " ").trim());
  return [...new Set([...secrets, ...inOneLine])].filter((secret) => secret !== "");
}
