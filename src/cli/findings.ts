import { type Finding, sortFindings } from "../diff/finding.ts";
import type { ExitCode } from "../errors.ts";
import { findingsFormats, renderFindings } from "../report/findings/index.ts";
import type { FindingsReport } from "../report/findings/report.ts";
import { style } from "../report/style.ts";
import { type Schema, schemaOf } from "../schema/model.ts";
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

/** Whether a name is left out by one of the globs; what belongs to a table goes with it. */
function isIgnored(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matches(name, glob) || matches(name, `${glob}.*`));
}

/** Findings without those on objects that the user leaves out. */
export function withoutIgnored(findings: readonly Finding[], globs: readonly string[]): Finding[] {
  return findings.filter(({ object = "" }) => !isIgnored(object, globs));
}

/** A schema without the objects that the user leaves out: what is not compared explains no other difference. */
export function withoutIgnoredObjects(schema: Schema, globs: readonly string[]): Schema {
  if (globs.length === 0) return schema;
  const objects = [...schema.objects.values()].filter(({ name }) => !isIgnored(name, globs));
  return schemaOf(objects, schema.uncovered, schema.serverVersion);
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
