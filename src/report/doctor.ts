import type { Check } from "../project/doctor.ts";
import type { Style } from "./style.ts";
import { visible } from "./visible.ts";
import { indented } from "./wrap.ts";

/** All checks in their order, as the command-line contract has them. */
export interface DoctorReport {
  readonly schemaVersion: 1;
  readonly checks: readonly Check[];
  readonly summary: { readonly ok: number; readonly warnings: number; readonly failed: number };
}

export function doctorReport(checks: readonly Check[]): DoctorReport {
  const count = (state: Check["state"]) => checks.filter((check) => check.state === state).length;
  const summary = { ok: count("ok"), warnings: count("warning"), failed: count("failed") };
  return { schemaVersion: 1, checks, summary };
}

const marks: Record<Check["state"], string> = { ok: "✔", warning: "!", failed: "✖" };

/** A line for each check, and a hint below each failure. */
export function doctorText(checks: readonly Check[], { paint, width: columns }: Style): string {
  const title = ({ database, name }: Check) => (database === undefined ? name : `${database} ${name}`);
  const width = Math.max(...checks.map((check) => title(check).length));
  const colours = { ok: paint.green, warning: paint.yellow, failed: paint.red };
  const lines = checks.flatMap((check) => [
    `${colours[check.state](marks[check.state])} ${title(check).padEnd(width)}  ${visible(check.message)}`,
    ...(check.hint === undefined
      ? []
      : indented(check.hint, " ".repeat(width + 4), columns).map((line) => paint.cyan(line))),
  ]);
  return `${lines.join("\n")}\n`;
}
