/** Code points from the first to the second, inclusive. */
type Ranges = readonly (readonly [from: number, to: number])[];

/** Characters that map to a blank (RFC 3454, table C.1.2). */
const blanks: Ranges = [
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200b],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];

/** Characters that map to nothing (RFC 3454, table B.1). */
const dropped: Ranges = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x1806, 0x1806],
  [0x180b, 0x180d],
  [0x200c, 0x200d],
  [0x2060, 0x2060],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
];

/** Prohibited characters (RFC 4013, section 2.3). */
const prohibited: Ranges = [
  ...blanks,
  [0x0, 0x1f],
  [0x7f, 0x9f],
  [0x340, 0x341],
  [0x6dd, 0x6dd],
  [0x70f, 0x70f],
  [0x180e, 0x180e],
  [0x200c, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2063],
  [0x206a, 0x206f],
  [0x2ff0, 0x2ffb],
  [0xd800, 0xf8ff],
  [0xfdd0, 0xfdef],
  [0xfeff, 0xfeff],
  [0xfff9, 0xffff],
  [0x1d173, 0x1d17a],
  [0xe0001, 0xe007f],
  [0xf0000, 0x10ffff],
];

/** All that Unicode 3.2, which RFC 3454 refers to, had beyond the first plane: emoji are newer, and so unassigned. */
const higherPlanes: Ranges = [
  [0x10300, 0x1044d],
  [0x1d000, 0x1d7ff],
  [0x20000, 0x2a6d6],
  [0x2f800, 0x2fa1d],
];

/** Characters that are written from right to left, roughly (RFC 3454, table D.1). */
const rightToLeft: Ranges = [
  [0x5be, 0x7b1],
  [0x200f, 0x200f],
  [0xfb1d, 0xfdfc],
  [0xfe70, 0xfefc],
];

function isIn(character: string, ranges: Ranges): boolean {
  const code = character.codePointAt(0) ?? 0;
  return ranges.some(([from, to]) => from <= code && code <= to);
}

function isExcluded(character: string): boolean {
  if (isIn(character, prohibited)) return true;
  return (character.codePointAt(0) ?? 0) > 0xffff && !isIn(character, higherPlanes);
}

/** Whether writing directions are mixed against RFC 3454, section 6. */
function mixesDirections(characters: readonly string[]): boolean {
  const isRight = (character: string) => isIn(character, rightToLeft) && !/\p{Mn}/u.test(character);
  if (!characters.some(isRight)) return false;
  const ends = [characters[0] ?? "", characters.at(-1) ?? ""];
  return (
    characters.some((character) => /\p{L}/u.test(character) && !isRight(character)) || !ends.every(isRight)
  );
}

/**
 * Prepares a password for SCRAM (RFC 4013). PostgreSQL uses a password that the rules exclude unchanged, on both
 * sides; so does this.
 */
export function saslprep(password: string): string {
  if (/^[\x20-\x7e]*$/.test(password)) return password;
  const mapped = Array.from(password)
    .map((character) => (isIn(character, blanks) ? " " : isIn(character, dropped) ? "" : character))
    .join("");
  const prepared = Array.from(mapped.normalize("NFKC"));
  if (prepared.length === 0 || prepared.some(isExcluded) || mixesDirections(prepared)) return password;
  return prepared.join("");
}
