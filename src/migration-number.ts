/** A migration number as in file names: at least three digits. */
export function formatNumber(number: number): string {
  return String(number).padStart(3, "0");
}
