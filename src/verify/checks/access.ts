import { withDatabases } from "../../project/open.ts";
import { openDocument } from "../../sources/of-workspace.ts";
import { judgeAccess } from "../access/judge.ts";
import { readAccess } from "../access/read.ts";
import type { Check } from "./check.ts";

/** `socrates-db verify access`: privileges, compared with the documented access of each database. */
export const checkAccess: Check = async (workspace) => {
  const document = await openDocument(workspace);
  const { databases } = workspace.project;
  const statedFor = (name: string) => document.access.find(({ database }) => database === name);
  const servers = databases.filter(({ target, name }) => target.kind === "server" && statedFor(name));
  const findings = await withDatabases(servers, "verify", (open) =>
    Promise.all(
      open.map(async ({ key, name, session }) => {
        const stated = statedFor(name);
        return stated === undefined ? [] : judgeAccess(key, stated, await readAccess(session));
      }),
    ),
  );
  const lines = databases.map(({ name, target }) => {
    const stated = statedFor(name);
    if (stated === undefined) return `${name}: ${document.file} does not document its access`;
    return target.kind === "server"
      ? `${name} should be ${stated.text}`
      : `${name} is embedded: any user with access to the folder has full access`;
  });
  return { findings: findings.flat(), summary: [`access: ${lines.join("; ")}`] };
};
