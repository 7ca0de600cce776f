import type { RepairGroup } from "../repair/plan-repair.ts";
import { statementText } from "./text.ts";

/** How a group of statements becomes a file of a chain. */
export interface FileOptions {
  /** Lines of comments above everything else, directives among them. */
  readonly header: readonly string[];
  readonly settings: readonly string[];
}

/** Settings that make a difference to these statements; the runner starts each script in a fresh session. */
function needed(settings: readonly string[], group: RepairGroup): string[] {
  const definesFunctions = group.statements.some(({ sql }) =>
    /^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE)/.test(sql),
  );
  return settings.filter((sql) =>
    sql.startsWith("SET check_function_bodies")
      ? definesFunctions
      : !sql.endsWith("search_path = pg_catalog"),
  );
}

/** A file of a chain: without transaction control, as the runner adds it. */
export function migrationText(group: RepairGroup, { header, settings }: FileOptions): string {
  const lines = [
    ...header.map((line) => `-- ${line}`),
    ...(group.transaction ? [] : ["-- socrates-db: no-transaction"]),
  ];
  const parts = [
    lines.join("\n"),
    ...(group.transaction ? needed(settings, group).map((sql) => `${sql};`) : []),
    ...group.statements.map(statementText),
  ];
  return `${parts.join("\n\n")}\n`;
}
