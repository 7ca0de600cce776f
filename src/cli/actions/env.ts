import { SocratesError } from "../../errors.ts";
import { serveReport, serveText } from "../../report/serve.ts";
import { servedUrls } from "../../serve/urls.ts";
import type { Action } from "../commands/command.ts";
import { options } from "../commands/env.ts";
import { workspaceOf } from "../workspace.ts";

/** `socrates-db env` */
export const envAction: Action = async (invocation) => {
  const { io, given } = invocation;
  const { config } = await workspaceOf(invocation, { migrations: "optional", databases: "unused" });
  const { served } = config;
  if (served === undefined)
    throw new SocratesError("not-served", `no process serves the databases in ${config.dataDir}`, {
      hint: "Run `socrates-db serve` in another terminal.",
    });
  const databases = servedUrls(served.databases, config.databases);
  const isJson = given(options.format) === "json";
  await io.out(
    isJson ? `${JSON.stringify(serveReport(databases, served.process.pid))}\n` : serveText(databases),
  );
  return 0;
};
