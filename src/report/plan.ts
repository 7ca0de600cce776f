import type { Direction } from "../migrations/scripts.ts";
import { scriptFor } from "../migrations/scripts.ts";
import type { Project } from "../project/open.ts";
import { describeDropped, describeLoss, type Loss } from "../runner/data-loss.ts";
import type { Planned } from "../runner/run-plan.ts";
import { displayPath } from "../sql/source-file.ts";
import { visible } from "./visible.ts";

/** What is planned; of a rollback also what would be dropped, with the rows in it. */
type PlannedRun = Planned & {
  readonly losses?: readonly Loss[];
  readonly kept?: readonly { readonly message: string }[];
};

/** The plan as SQL that can be read and kept, each file under a comment that names it. */
export function planText(
  { plan, scripts, targets, losses = [], kept = [] }: PlannedRun,
  direction: Direction,
): string {
  const where = [...targets].map(([key, { label }]) => `-- ${visible(`${key}: ${label}`)}\n`).join("");
  if (plan.length === 0) return `${where}-- nothing to do\n`;
  const lost = losses
    .filter(({ rows }) => rows !== 0)
    .map((loss) => `-- would lose: ${visible(describeLoss(loss))}\n`)
    .join("");
  const files = plan
    .flatMap(({ phase, parts }) =>
      parts.flatMap(({ database, files }) =>
        files.map((file) => {
          const { source, noTransaction } = scriptFor(scripts, file);
          const mode = noTransaction ? ", outside a transaction" : "";
          return `-- phase ${phase}, ${database}: ${direction === "up" ? "apply" : "undo"} ${visible(displayPath(source.path))}${mode}\n${source.text.trimEnd()}\n`;
        }),
      ),
    )
    .join("\n");
  const stays = kept.map(({ message }) => `-- ${visible(message)}\n`).join("");
  return `${where}${lost}${stays}\n${files}`;
}

/** The plan in the form of a run's result, with the SQL of each migration, and nothing done. */
export function planJson(
  { databases }: Project,
  { plan, scripts, targets, losses }: PlannedRun,
  direction: Direction,
): string {
  const lossesOf = (key: string) =>
    losses
      ?.filter(({ file }) => file.database === key)
      .map(({ file, dropped, rows }) => ({
        number: file.number,
        object: describeDropped(dropped),
        rows: rows ?? null,
      }));
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
        losses: lossesOf(key),
      },
    ]),
  );
  return `${JSON.stringify({ schemaVersion: 1, outcome: "dry-run", databases: body }, null, 2)}\n`;
}
