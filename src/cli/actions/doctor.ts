import { SocratesError } from "../../errors.ts";
import { type Check, check, examineDatabases, examineFiles } from "../../project/doctor.ts";
import { doctorJson, doctorText } from "../../report/doctor.ts";
import { style } from "../../report/style.ts";
import { displayPath } from "../../sql/source-file.ts";
import { version } from "../../version.ts";
import { choiceOption } from "../arguments/options.ts";
import { reportColor } from "../color.ts";
import type { Action, Invocation } from "../commands/command.ts";
import { type Context, openContext } from "../context.ts";

/** Node 20 is the oldest that the libraries run on. */
const oldestNode = 20;

function checkNode(): string {
  if (Number(process.versions.node.split(".")[0]) < oldestNode)
    throw new SocratesError("config-invalid", `this is Node ${process.versions.node}`, {
      hint: `Use Node ${oldestNode} or newer.`,
    });
  return `socrates-db ${version} on Node ${process.versions.node}`;
}

async function examine(invocation: Invocation): Promise<Check[]> {
  const checks = [await check("program", undefined, checkNode)];
  let context: Context | undefined;
  checks.push(
    await check("configuration", undefined, async () => {
      context = await openContext(invocation, { migrations: "optional" });
      const { configFile, embedded } = context.config;
      const file = configFile === undefined ? "no config file" : displayPath(configFile);
      return `${file}, ${embedded ? "embedded databases" : "databases on a server"}`;
    }),
  );
  if (context === undefined) return checks;
  const { project } = context;
  checks.push(await examineFiles(project));
  return [...checks, ...(await examineDatabases(project))];
}

/** `socrates-db doctor` */
export const doctorAction: Action = async (invocation) => {
  const { io, options } = invocation;
  const format = choiceOption(options, "format", ["text", "json"], "text");
  const checks = await examine(invocation);
  const color = reportColor(invocation);
  await io.out(
    format === "json" ? doctorJson(checks) : doctorText(checks, style(color, invocation.io.columns)),
  );
  return checks.some(({ state }) => state === "failed") ? 1 : 0;
};
