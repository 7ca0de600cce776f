import { type DatabaseSides, openSides, sidesOf } from "../compare/sides.ts";
import type { Finding } from "../diff/finding.ts";
import type { IgnoreRule } from "../diff/ignore.ts";
import { uncoveredFindings } from "../diff/uncovered.ts";
import { checkPhase, type Workspace } from "../project/workspace.ts";
import type { RepairOptions } from "../repair/kept.ts";
import { type RepairStatement, scriptGroups } from "../repair/plan-repair.ts";
import { reversedRenames } from "../repair/rename-texts.ts";
import { type Extras, noExtras } from "../schema/extras.ts";
import type { Schema } from "../schema/model.ts";
import { type Printer, withPrinter } from "../shadow/printer.ts";
import type { Proof } from "../shadow/repair-proof.ts";
import { expectedSource, shadowOptions } from "../sources/of-workspace.ts";
import { phaseText } from "../sources/source.ts";
import { proofFindings } from "./findings.ts";
import { ignoring } from "./ignoring.ts";
import { proofOf } from "./proof-of.ts";
import { checkRenames, renamesIn } from "./renames.ts";
import { scriptText } from "./text.ts";

/** Which scripts are written, and what they may do. */
export interface RepairScriptOptions extends Partial<Omit<RepairOptions, "replaced">>, Partial<Extras> {
  /** The wanted schema: the document by default, or the migrations if no document is configured. */
  readonly from?: string | undefined;
  /** The schema to change: `live` by default. */
  readonly to?: string | undefined;
  /** The phase to compare at; by default the one that the database has reached. */
  readonly phase?: number | undefined;
  /** The script in the other direction: it brings `from` to `to`. */
  readonly down?: boolean | undefined;
  readonly ignore?: readonly IgnoreRule[];
  readonly signal?: AbortSignal | undefined;
  /** Receives what is being done, in a few words. */
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** The script for one database. */
export interface RepairedDatabase {
  readonly key: string;
  readonly phase: number;
  readonly labels: { readonly repaired: string; readonly wanted: string };
  /** Undefined if both sides are equal. */
  readonly proof: Proof | undefined;
  /** Undefined if both sides are equal, or the script is not proven. */
  readonly script: string | undefined;
  /** The statements of the script, without its settings. */
  readonly statements: readonly RepairStatement[];
}

/** Scripts, with what they leave out and need. */
export interface RepairResult {
  readonly databases: readonly RepairedDatabase[];
  readonly findings: readonly Finding[];
  readonly summary: readonly string[];
}

/** The schema of the database that is changed, and the one that it should have. */
interface Pair {
  readonly repaired: Schema;
  readonly wanted: Schema;
  readonly labels: RepairedDatabase["labels"];
}

function pairOf({ expected, actual, labels }: DatabaseSides, down: boolean): Pair {
  return down
    ? { repaired: expected, wanted: actual, labels: { repaired: labels.expected, wanted: labels.actual } }
    : { repaired: actual, wanted: expected, labels: { repaired: labels.actual, wanted: labels.expected } };
}

function summaryOf({ key, phase, labels, proof, script }: RepairedDatabase): string {
  const count = proof?.plan.statements.length ?? 0;
  const outcome =
    proof === undefined
      ? "no difference"
      : script === undefined
        ? proof.reasons.length > 0
          ? "not provable"
          : "nothing that the script may change"
        : `${count} ${count === 1 ? "statement" : "statements"}, proven`;
  return `${key}: from ${labels.repaired} to ${labels.wanted}, ${phaseText(phase)}: ${outcome}`;
}

/**
 * Writes the script for each database that brings one side of a comparison to the other, and proves it in shadows
 * first. Reads the databases only.
 * @throws SocratesError `usage` for sources, phases and renames that do not exist, and from the sources
 */
export async function repairScripts(
  workspace: Workspace,
  options: RepairScriptOptions = {},
): Promise<RepairResult> {
  const { down = false, phase, ignore = [], signal, onProgress = () => {}, to = "live" } = options;
  const { privileges = false, owners = false, allowDrops = false, plain = false, renames = [] } = options;
  const from = options.from ?? expectedSource(workspace);
  checkPhase(workspace, phase);
  onProgress("reading both sides");
  const sides = await openSides(
    {
      from,
      to,
      phase,
      extras: { ...noExtras, privileges, owners },
      repaired: down ? "from" : "to",
    },
    workspace,
    new AbortController(),
  );
  const shadow = { ...shadowOptions(workspace), signal };
  const pairs = workspace.project.databases.map((database) => {
    const read = sidesOf(database, sides, phase, workspace);
    return { key: database.key, read, ...pairOf(read, down) };
  });
  const asked = down ? reversedRenames(renames) : renames;
  checkRenames(
    pairs.map(({ repaired }) => repaired),
    asked,
  );
  const scriptOf = async (
    { key, read, repaired, labels, ...pair }: (typeof pairs)[number],
    printer: Printer,
  ) => {
    const wanted = ignoring(pair.wanted, repaired, ignore);
    onProgress(`proving the script for ${key}`);
    const rules = {
      allowDrops,
      plain,
      renames: renamesIn(repaired, asked),
      privileges,
      owners,
      // The script is for the older one: a document comes from the shadow, which is newer than most servers.
      serverVersion: Math.min(repaired.serverVersion, wanted.serverVersion),
    };
    const tools = { place: { ...shadow, database: key }, printer };
    const proof = await proofOf(repaired, wanted, rules, tools);
    const isScript = proof !== undefined && proof.reasons.length === 0 && proof.plan.statements.length > 0;
    const about = {
      database: key,
      phase: phaseText(read.phase),
      repaired: { label: labels.repaired, serverVersion: repaired.serverVersion },
      wanted: { label: labels.wanted, serverVersion: wanted.serverVersion },
    };
    const findings = [
      ...uncoveredFindings({ database: key, ...read }),
      ...(proof === undefined ? [] : proofFindings(key, proof)),
    ];
    return {
      key,
      phase: read.phase,
      labels,
      proof,
      script: isScript ? scriptText(about, proof) : undefined,
      statements: isScript ? scriptGroups(proof.plan).flatMap((group) => group.statements) : [],
      findings,
    };
  };
  return withPrinter(shadow, async (printer) => {
    const databases: Awaited<ReturnType<typeof scriptOf>>[] = [];
    for (const pair of pairs) databases.push(await scriptOf(pair, printer));
    return {
      databases,
      findings: databases.flatMap(({ findings }) => findings),
      summary: databases.map(summaryOf),
    };
  });
}
