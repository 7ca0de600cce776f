import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Finding } from "../diff/finding.ts";
import type { SocratesError } from "../errors.ts";
import { errorJson } from "../report/error.ts";
import { isFindingsFormat } from "../report/findings/formats.ts";
import { renderFindings } from "../report/findings/index.ts";
import type { FindingsReport } from "../report/findings/report.ts";
import { style } from "../report/style.ts";
import type { Io } from "./io.ts";

/** A failed run as a report with the error as its only finding. */
function reportOf({ code, message, hint, location }: SocratesError, command: string, io: Io): FindingsReport {
  const finding: Finding = {
    code,
    severity: "error",
    message: io.clean(message),
    hint: io.clean(hint),
    ...(location !== undefined && { location }),
  };
  return {
    title: `socrates-db ${command}`,
    findings: [finding],
    counts: { errors: 1, warnings: 0, advice: 0 },
    summary: [],
    place: "socrates-db.config.json",
    failed: true,
  };
}

/**
 * Writes the failure of a run to stdout and the report files, in formats for programs: otherwise their readers would
 * find nothing, or take the file of an earlier run for a result.
 */
export async function failureReports(
  error: SocratesError,
  command: string,
  { format, outputs }: { readonly format: string; readonly outputs: readonly string[] },
  io: Io,
): Promise<void> {
  const report = reportOf(error, command, io);
  const render = (word: string) => {
    if (word === "json") return errorJson(error, io.clean);
    return isFindingsFormat(word) ? renderFindings(report, word, style(false)) : undefined;
  };
  for (const output of outputs) {
    const [, word = "", file = ""] = /^([^=]*)=(.*)$/s.exec(output) ?? [];
    const text = render(word);
    if (text !== undefined && file !== "") writeFileSync(path.resolve(io.cwd, file), text);
  }
  const text = format === "json" || format === "text" ? undefined : render(format);
  if (text !== undefined) await io.out(text);
}
