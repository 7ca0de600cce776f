/**
 * Whether a whole name matches a glob: `*` is any run of characters, `?` any one. The time is bounded by the product of
 * both lengths, however many stars there are.
 */
export function matchesGlob(name: string, glob: string): boolean {
  let [at, g, star, retry] = [0, 0, -1, 0];
  while (at < name.length) {
    const wanted = glob[g];
    if (wanted === "*") {
      star = g++;
      retry = at;
    } else if (wanted === "?" || (wanted !== undefined && wanted === name[at])) {
      g++;
      at++;
    } else if (star >= 0) {
      // Lets the last star match one more character; earlier stars need no backtracking.
      g = star + 1;
      at = ++retry;
    } else return false;
  }
  while (glob[g] === "*") g++;
  return g === glob.length;
}
