/** A report as the text that `--format json` prints. */
export function jsonText(report: object): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
