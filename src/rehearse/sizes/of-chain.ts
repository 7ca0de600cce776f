import path from "node:path";
import { SocratesError } from "../../errors.ts";
import { formatNumber } from "../../migration-number.ts";
import type { Workspace } from "../../project/workspace.ts";
import { displayPath } from "../../sql/source-file.ts";
import { readStatisticsFile } from "../../statistics/file.ts";
import type { DatabaseStatistics } from "../../statistics/model.ts";
import { isMeasured, type Outcome } from "../outcome.ts";
import type { RehearsalPlan } from "../plan.ts";
import type { RehearsedChain } from "../rehearse-chain.ts";
import { withSeconds } from "./seconds.ts";
import { type SequenceUse, sequencesOf } from "./sequences.ts";
import { SizeBook } from "./sizes.ts";
import type { Sizes } from "./stated.ts";
import type { Work } from "./work.ts";

/** Statistics for the rehearsal of one database. */
export interface UsedStatistics {
  readonly statistics: Pick<DatabaseStatistics, "maintenanceMemory" | "durations" | "relations">;
  /** Where they are from, for people. */
  readonly source: string;
}

export interface RehearsedSizes {
  readonly of: ReadonlyMap<Outcome, Sizes>;
  /** What takes the time of the statements; without those that are queries. */
  readonly work: ReadonlyMap<Outcome, Work>;
  readonly source: string;
  readonly sequences: readonly SequenceUse[];
}

function place(head: number | null, phase: number | null): string {
  if (head === null) return "no migration";
  return `migration ${formatNumber(head)}${phase === null ? "" : ` (phase ${phase})`}`;
}

/** Refuses statistics of another database, or of another place in its chain. @throws SocratesError `statistics-invalid` */
function checkFits(
  file: string,
  found: DatabaseStatistics,
  { base }: RehearsalPlan,
  { key, name }: { readonly key: string; readonly name: string },
): void {
  const shown = displayPath(file);
  if (found.name !== name)
    throw new SocratesError(
      "statistics-invalid",
      `${shown} has ${key} as the database ${found.name}, expected ${name}`,
      { hint: "Choose the file of this project, or write it again with: socrates-db stats pull" },
    );
  const last = base.at(-1);
  const head = last?.number ?? null;
  if (found.head === head) return;
  throw new SocratesError(
    "statistics-invalid",
    `${shown} has ${key} after ${place(found.head, found.phase)}, expected after ${place(head, last?.phase ?? null)}`,
    {
      hint: `Write it again with: socrates-db stats pull; or rehearse what follows it: --since ${found.head ?? 0}`,
    },
  );
}

/**
 * The statistics of each database to rehearse, by key: of a file, or of the servers that were asked.
 * @throws SocratesError `statistics-invalid` for a file that cannot be used, has no such database, or has another one
 */
export function statisticsFor(
  { project, cwd }: Workspace,
  plans: readonly RehearsalPlan[],
  given: string | undefined,
): ReadonlyMap<string, UsedStatistics> {
  const rehearsed = plans.filter(({ files }) => files.length > 0);
  if (given === undefined)
    return new Map(
      rehearsed.flatMap(({ key, live }) =>
        live === undefined ? [] : [[key, { statistics: live, source: "of the target, as it is now" }]],
      ),
    );
  const file = path.resolve(cwd, given);
  const { databases } = readStatisticsFile(file);
  const names = new Map(project.databases.map(({ key, name }) => [key, name]));
  return new Map(
    rehearsed.map((plan) => {
      const { key } = plan;
      const found = databases[key];
      if (found === undefined)
        throw new SocratesError(
          "statistics-invalid",
          `${displayPath(file)} has no statistics of ${key}, only of ${Object.keys(databases).join(", ") || "none"}`,
          { hint: `Add them with: socrates-db stats pull --database ${key} --out ${displayPath(file)}` },
        );
      checkFits(file, found, plan, { key, name: names.get(key) ?? key });
      return [key, { statistics: found, source: `of ${displayPath(file)}, taken at ${found.takenAt}` }];
    }),
  );
}

/** The sizes of all measured statements of a database; undefined without statistics. */
export function sizesOf(
  { base, scripts }: RehearsedChain,
  used: UsedStatistics | undefined,
): RehearsedSizes | undefined {
  if (used === undefined) return undefined;
  const { durations = [] } = used.statistics;
  const book = new SizeBook(used.statistics, base);
  const outcomes = scripts.flatMap((script) => script.outcomes).filter(isMeasured);
  const all = outcomes.map((outcome) => ({ outcome, ...book.next(outcome) }));
  return {
    of: new Map(all.map(({ outcome, sizes, work }) => [outcome, withSeconds(sizes, work, durations)])),
    work: new Map(all.flatMap(({ outcome, work }) => (work === undefined ? [] : [[outcome, work]]))),
    source: used.source,
    sequences: sequencesOf(used.statistics, base),
  };
}
