import type { Finding } from "../../diff/finding.ts";
import type { Location } from "../../errors.ts";
import { shownSql } from "../../shadow/shadow.ts";
import { starred } from "../../sql/secrets.ts";
import type { RehearsalPlan } from "../plan.ts";
import type { Assessment } from "./assessing.ts";
import type { Effect } from "./comparing.ts";
import type { Culprits } from "./culprits.ts";
import type { Application, ApplicationStatement } from "./statement.ts";

/** How many statements of the application became what. */
export interface ApplicationCounts {
  /** All statements that can have a plan: those planned, those that join databases, and those not planned. */
  readonly statements: number;
  /** Those that are bound before the migrations. */
  readonly planned: number;
  /** Of these, those that are not bound afterwards. */
  readonly broken: number;
  /** Of those planned, the ones that lose an index. */
  readonly losingIndex: number;
  readonly joiningDatabases: number;
  readonly notPlanned: number;
  /** Files and texts that could not be read. */
  readonly unread: number;
  /** Those of databases that are not selected, and this program's own. */
  readonly leftOut: number;
  /** Statements and commands that have no plan, such as `SET` and `COPY`, by name. */
  readonly commands: Readonly<Record<string, number>>;
}

/** What a rehearsal says about the statements of the application. */
export interface Report {
  readonly findings: readonly Finding[];
  readonly summary: readonly string[];
  readonly counts: ApplicationCounts;
}

interface Place {
  readonly location?: Location;
  readonly database?: string;
}

const hints = {
  "statement-broken":
    "Change the statement so that it works before and after the migration, deploy it, and then migrate.",
  "plan-loses-index":
    "Create an index that fits, with CONCURRENTLY, before this migration; or keep the old one.",
  "joins-databases": "Query each database by itself: PostgreSQL cannot join their tables.",
  "statement-not-planned": "Correct the statement; or ignore the finding if it is for another database.",
} as const;

const severities = {
  "statement-broken": "error",
  "plan-loses-index": "warning",
  "joins-databases": "warning",
  "statement-not-planned": "advice",
} as const;

function finding(
  code: keyof typeof severities,
  { location, database }: Place,
  message: string,
  hint: string = hints[code],
): Finding {
  return {
    code,
    severity: severities[code],
    ...(database !== undefined && { database }),
    message: `${code}: ${message}`,
    ...(location !== undefined && { location }),
    hint,
  };
}

/** A statement without a place is named by its start. */
function named({ location, text }: ApplicationStatement, message: string): string {
  return location === undefined ? `${shownSql(starred(text))}: ${message}` : message;
}

function effectFinding(
  statement: ApplicationStatement,
  database: string,
  effect: Effect,
  culprit: string | undefined,
): Finding {
  const { location } = statement;
  const after = `after ${culprit ?? "the migrations"}`;
  const place = { database, ...(location && { location }) };
  if (effect.kind === "broken")
    return finding("statement-broken", place, named(statement, `${after}, ${effect.reason}`));
  const losses = effect.losses.map(
    ({ relation, indexes, cause }) => `${relation} is not read through ${indexes.join(", ")}: ${cause}`,
  );
  return finding("plan-loses-index", place, named(statement, `${after}, ${losses.join("; ")}`));
}

function findingsOfOne(
  statement: ApplicationStatement,
  at: number,
  assessment: Assessment,
  culprits: Culprits,
): Finding[] {
  const { location, databases } = statement;
  const [only, second] = databases ?? [];
  const place: Place = {
    ...(location && { location }),
    ...(only !== undefined && second === undefined && { database: only }),
  };
  if (assessment.kind === "joining") {
    const tables = assessment.tables.map(({ table, database }) => `${table} of ${database}`);
    return [finding("joins-databases", place, named(statement, `it names ${tables.join(" and ")}`))];
  }
  if (assessment.kind === "unplanned")
    return assessment.isUnsupported
      ? []
      : [finding("statement-not-planned", place, named(statement, assessment.reason))];
  return [...assessment.effects].map(([database, effect]) =>
    effectFinding(statement, database, effect, culprits.get(database)?.get(at)),
  );
}

function count(number: number, one: string): string {
  return `${number} ${number === 1 ? one : `${one}s`}`;
}

/** One finding for all statements of a file that have `?` as a placeholder, at the first. */
function unsupported(
  statements: readonly ApplicationStatement[],
  assessments: readonly Assessment[],
): Finding[] {
  const byFile = new Map<string | undefined, ApplicationStatement[]>();
  for (const [i, statement] of statements.entries()) {
    const assessment = assessments[i];
    if (assessment?.kind !== "unplanned" || !assessment.isUnsupported) continue;
    const file = statement.location?.file;
    byFile.set(file, [...(byFile.get(file) ?? []), statement]);
  }
  return [...byFile.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const message = `${count(all.length, "statement")} with ? as a placeholder, which is not supported`;
    const hint = "Write the parameters as $1, :name or %s.";
    return [
      finding(
        "statement-not-planned",
        first.location ? { location: first.location } : {},
        named(first, message),
        hint,
      ),
    ];
  });
}

function countsOf(application: Application, assessments: readonly Assessment[]): ApplicationCounts {
  const { statements, commands, unread, leftOut } = application;
  const number = (wanted: (assessment: Assessment) => boolean) => assessments.filter(wanted).length;
  const having = (kind: Effect["kind"]) =>
    number(
      (one) => one.kind === "planned" && [...one.effects.values()].some((effect) => effect.kind === kind),
    );
  const names = [...new Set(commands)].sort();
  return {
    statements: statements.length,
    planned: number(({ kind }) => kind === "planned"),
    broken: having("broken"),
    losingIndex: having("losing"),
    joiningDatabases: number(({ kind }) => kind === "joining"),
    notPlanned: number(({ kind }) => kind === "unplanned"),
    unread: unread.length,
    leftOut,
    commands: Object.fromEntries(
      names.map((name) => [name, commands.filter((command) => command === name).length]),
    ),
  };
}

function summaryOf(origin: string, counts: ApplicationCounts): string[] {
  const { statements, planned, broken, losingIndex, joiningDatabases, notPlanned, leftOut, commands } =
    counts;
  const parts = [
    `${planned} planned`,
    `${broken} broken`,
    `${losingIndex} losing an index`,
    ...(joiningDatabases === 0 ? [] : [`${joiningDatabases} joining databases`]),
    ...(notPlanned === 0 ? [] : [`${notPlanned} not planned`]),
  ];
  const others = Object.entries(commands).map(([name, times]) => (times === 1 ? name : `${name} (${times})`));
  return [
    `${count(statements, "statement")} of the application, from ${origin}: ${parts.join(", ")}`,
    ...(others.length === 0 ? [] : [`  without a plan: ${others.join(", ")}`]),
    ...(leftOut === 0
      ? []
      : [`  left out: ${leftOut} of databases that are not selected, or of socrates-db itself`]),
  ];
}

/** @param failed databases with a file that fails: they have no state after their migrations */
export function reportOf(
  application: Application,
  assessments: readonly Assessment[],
  culprits: Culprits,
  failed: readonly RehearsalPlan[],
): Report {
  const { statements, unread, origin } = application;
  const counts = countsOf(application, assessments);
  return {
    counts,
    summary: summaryOf(origin, counts),
    findings: [
      ...statements.flatMap((statement, at) => {
        const assessment = assessments[at];
        return assessment === undefined ? [] : findingsOfOne(statement, at, assessment, culprits);
      }),
      ...unsupported(statements, assessments),
      ...unread.map(({ location, reason, hint }) =>
        finding("statement-not-planned", location ? { location } : {}, reason, hint),
      ),
      ...failed.map(({ key }) =>
        finding(
          "statement-not-planned",
          { database: key },
          "no statement was planned after the migrations: one of their files fails",
          "Correct that file first.",
        ),
      ),
    ],
  };
}
