import type { Project } from "../migrations/open.ts";
import { type Planned, scriptFor } from "../migrations/scripts.ts";
import type { Direction } from "../migrations/settings.ts";
import { displayPath } from "../migrations/source-file.ts";

/** The plan as SQL that can be read and kept, each file under a comment that names it. */
export function planText({ plan, scripts, targets }: Planned, direction: Direction): string {
  const where = [...targets].map(([key, { label }]) => `-- ${key}: ${label}\n`).join("");
  if (plan.length === 0) return `${where}-- nothing to do\n`;
  const files = plan
    .flatMap(({ phase, parts }) =>
      parts.flatMap(({ database, files }) =>
        files.map((file) => {
          const { source, noTransaction } = scriptFor(scripts, file);
          const mode = noTransaction ? ", outside a transaction" : "";
          return `-- phase ${phase}, ${database}: ${direction === "up" ? "apply" : "undo"} ${displayPath(source.path)}${mode}\n${source.text.trimEnd()}\n`;
        }),
      ),
    )
    .join("\n");
  return `${where}\n${files}`;
}

/** The plan in the form of a run's result, with the SQL of each migration, and nothing done. */
export function planJson(
  { databases }: Project,
  { plan, scripts, targets }: Planned,
  direction: Direction,
): string {
  const planned = (key: string) =>
    plan.flatMap(({ parts }) =>
      parts
        .filter(({ database }) => database === key)
        .flatMap(({ files }) =>
          files.map((file) => {
            const { source, noTransaction } = scriptFor(scripts, file);
            return {
              number: file.number,
              name: file.name,
              phase: file.phase,
              noTransaction,
              file: displayPath(source.path),
              sql: source.text,
            };
          }),
        ),
    );
  const body = Object.fromEntries(
    databases.map(({ key }) => [
      key,
      {
        target: targets.get(key)?.fields,
        [direction === "up" ? "applied" : "rolledBack"]: [],
        planned: planned(key),
      },
    ]),
  );
  return `${JSON.stringify({ schemaVersion: 1, outcome: "dry-run", databases: body }, null, 2)}\n`;
}
