import { type Finding, sortFindings } from "../diff/finding.ts";
import type { ExitCode } from "../errors.ts";
import { findingsFormats, renderFindings } from "../report/findings/index.ts";
import type { FindingsReport } from "../report/findings/report.ts";
import { style } from "../report/style.ts";
import type { Invocation } from "./commands/command.ts";
import { choiceOption, flagOption } from "./options.ts";

/** Whether an object's name matches a glob: `*` is any run of characters, `?` any one. */
function matches(name: string, glob: string): boolean {
  const pattern = glob
    .replace(/[\\^$.+()[\]{}|/]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${pattern}$`).test(name);
}

/** Findings without those on objects that the user leaves out; what belongs to a table goes with it. */
export function withoutIgnored(findings: readonly Finding[], globs: readonly string[]): Finding[] {
  return findings.filter(
    ({ object = "" }) => !globs.some((glob) => matches(object, glob) || matches(object, `${glob}.*`)),
  );
}

/** Prints findings in the format asked for, and says how the program ends: 1 where one of them counts. */
export async function report(
  { io, options }: Invocation,
  content: Omit<FindingsReport, "findings"> & { findings: readonly Finding[] },
): Promise<ExitCode> {
  const format = choiceOption(options, "format", findingsFormats, "text");
  const findings = sortFindings(content.findings);
  const color = io.stdoutIsTerminal && !io.env["NO_COLOR"] && options["color"] !== false;
  await io.out(renderFindings({ ...content, findings }, format, style(color, io.columns)));
  const counts = ({ severity }: Finding) =>
    severity === "error" || (severity === "warning" && flagOption(options, "strict"));
  return findings.some(counts) ? 1 : 0;
}
