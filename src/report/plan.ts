import type { Direction } from "../migrations/scripts.ts";
import type { ReportedTarget } from "../project/reported-target.ts";
import type { RehearsedMigration } from "../rehearse/planned.ts";
import type { Planned, PlannedScript } from "../runner/result.ts";
import type { PlannedLoss } from "../runner/rollback.ts";
import { visible } from "./visible.ts";

/** A plan; for a rollback also the rows that it would drop. */
type PlannedRun = Planned & {
  readonly losses?: readonly PlannedLoss[];
  readonly retained?: readonly string[];
  /** What each file does to others, by its name. */
  readonly rehearsed?: ReadonlyMap<string, RehearsedMigration>;
};

/** What a migration does to others, on one line. */
function rehearsedText({ locks, rewrites, scans, blocks, hazards, reason }: RehearsedMigration): string {
  const list = (word: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${word} ${names.join(", ")}`];
  const parts = [
    ...(locks === "" && reason === undefined ? ["locks nothing that exists"] : []),
    ...(locks === "" ? [] : [`locks ${locks}`, `blocks ${blocks}`]),
    ...list("rewrites", rewrites),
    ...list("reads", scans),
    ...list("hazards:", hazards),
    ...(reason === undefined ? [] : [`not measured: ${reason}`]),
  ];
  return parts.join("; ");
}

/** The plan as SQL to read or save, each file below a comment with its name. */
export function planText(
  { scripts, targets, losses = [], retained = [], rehearsed }: PlannedRun,
  direction: Direction,
): string {
  const where = [...targets].map(([key, { label }]) => `-- ${visible(`${key}: ${label}`)}\n`).join("");
  if (scripts.length === 0) return `${where}-- nothing to do\n`;
  const lost = losses
    .filter(({ rows }) => rows !== 0)
    .map(({ text }) => `-- would lose: ${visible(text)}\n`)
    .join("");
  const stays = retained.map((message) => `-- ${visible(message)}\n`).join("");
  const files = scripts
    .map(({ database, phase, file, sql, noTransaction }) => {
      const mode = noTransaction ? ", outside a transaction" : "";
      const action = direction === "up" ? "apply" : "roll back";
      const effects = rehearsed?.get(file);
      const does = effects === undefined ? "" : `-- ${visible(rehearsedText(effects))}\n`;
      return `-- phase ${phase}, ${database}: ${action} ${visible(file)}${mode}\n${does}${sql.trimEnd()}\n`;
    })
    .join("\n");
  return `${where}${lost}${stays}\n${files}`;
}

/** A migration that a run would apply or roll back, with its SQL. */
export type PlannedReport = Omit<PlannedScript, "database"> & {
  /** What it does to others, as a rehearsal measured it. */
  readonly rehearsed?: RehearsedMigration;
};

/** A plan in the form of a run's report, with the SQL of each migration, and nothing done. */
export interface PlanReport {
  readonly schemaVersion: 1;
  readonly outcome: "dry-run";
  readonly databases: Readonly<
    Record<
      string,
      {
        readonly target: ReportedTarget["fields"];
        readonly applied?: readonly [];
        readonly rolledBack?: readonly [];
        readonly planned: readonly PlannedReport[];
        /** Of a rollback: what it drops; `rows` is null where the role cannot count them. */
        readonly losses?: readonly {
          readonly number: number;
          readonly object: string;
          readonly rows: number | null;
        }[];
      }
    >
  >;
}

export function planReport(
  { scripts, targets, losses, rehearsed }: PlannedRun,
  direction: Direction,
): PlanReport {
  const body = [...targets].map(([key, { fields }]) => [
    key,
    {
      target: fields,
      [direction === "up" ? "applied" : "rolledBack"]: [],
      planned: scripts
        .filter(({ database }) => database === key)
        .map(({ number, name, phase, noTransaction, file, sql }) => ({
          number,
          name,
          phase,
          noTransaction,
          file,
          sql,
          rehearsed: rehearsed?.get(file),
        })),
      losses: losses
        ?.filter(({ database }) => database === key)
        .map(({ number, object, rows }) => ({ number, object, rows: rows ?? null })),
    },
  ]);
  return { schemaVersion: 1, outcome: "dry-run", databases: Object.fromEntries(body) };
}
