import type { Finding } from "../diff/finding.ts";
import { formatNumber } from "../migration-number.ts";
import type { ChainFiles } from "../migrations/files.ts";
import { readScript } from "../migrations/files.ts";
import type { RepairOptions } from "../repair/kept.ts";
import { type RepairGroup, scriptGroups } from "../repair/plan-repair.ts";
import { reversedRenames } from "../repair/rename-texts.ts";
import { hostOf } from "../schema/hosts.ts";
import type { ObjectKey, Schema } from "../schema/model.ts";
import { withShadow } from "../shadow/open.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { type ChainSchemas, runScript, runUp } from "../sources/of-migrations.ts";
import { areEqual } from "./equal.ts";
import { proofFindings } from "./findings.ts";
import { migrationText } from "./migration-text.ts";
import { type ProofTools, proofOf } from "./proof-of.ts";
import { renamesIn } from "./renames.ts";

/** A migration that is not yet written. */
export interface Draft {
  readonly database: string;
  readonly number: number;
  /** Its files without endings: `015_add_jars`. */
  readonly id: string;
  readonly phase: number;
  readonly up: string;
  /** Undefined if no script is proven that takes it back. */
  readonly down: string | undefined;
}

/** The migrations that bring a chain to a document. */
export interface Drafts {
  readonly drafts: readonly Draft[];
  readonly findings: readonly Finding[];
}

/** What the migrations of one database are made from. */
export interface DraftInput {
  /** For file names. */
  readonly name: string;
  /** The number of the first migration. */
  readonly number: number;
  readonly chain: ChainFiles;
  /** Its schemas, read exactly. */
  readonly schemas: ChainSchemas;
  /** The name of the document, for comments. */
  readonly document: string;
  /** The documented schema at the end of each phase that is left. */
  readonly phases: readonly { readonly phase: number; readonly wanted: Schema }[];
  readonly options: RepairOptions;
}

/** A draft that has been run. */
interface RunDraft extends Draft {
  /** Whether its down file runs outside of transactions. */
  readonly downAlone: boolean;
}

/** A file that takes a migration back. */
interface DownFile {
  readonly text: string;
  readonly noTransaction: boolean;
}

const amends = "socrates-db: amends what earlier phases have made";

/** The files of a migration, which says so if it has no down file. */
function filesOf(up: string, down: DownFile | undefined): Pick<RunDraft, "up" | "down" | "downAlone"> {
  if (down !== undefined) return { up, down: down.text, downAlone: down.noTransaction };
  const directive = "-- socrates-db: irreversible no script that takes it back is proven";
  return { up: `${directive}\n${up}`, down: undefined, downAlone: false };
}

/** The schema at the end of a chain. */
export function endOf({ empty, steps }: ChainSchemas): Schema {
  return steps.at(-1)?.after ?? empty;
}

async function runText(shadow: Shadow, text: string, noTransaction: boolean): Promise<void> {
  await runScript(shadow, readScript({ path: "a new migration", text }, noTransaction));
}

/** The down file from the schema after a migration to that before; undefined if it needs several files. */
async function downText(
  after: Schema,
  before: Schema,
  id: string,
  options: RepairOptions,
  tools: ProofTools,
): Promise<DownFile | undefined> {
  for (const plain of [options.plain ?? false, true]) {
    const proof = await proofOf(after, before, { ...options, plain, allowDrops: true }, tools);
    if (proof === undefined || proof.reasons.length > 0) continue;
    const [group, second] = scriptGroups(proof.plan);
    if (group === undefined || second !== undefined) continue;
    return {
      text: migrationText(group, { settings: proof.plan.settings, header: [`Reverts ${id}`] }),
      noTransaction: !group.transaction,
    };
  }
  return undefined;
}

function unproven(database: string, code: string, message: string, hint: string): Finding {
  return { code, severity: "error", database, message, hint };
}

function irreversible(database: string, phase: number): Finding {
  return unproven(
    database,
    "irreversible",
    `no script is proven that takes back a migration of phase ${phase}: it is marked as irreversible`,
    "Write its down file by hand, and remove the directive.",
  );
}

function notReached(database: string, document: string, phase: number): Finding {
  return unproven(
    database,
    "not-provable",
    `the migrations do not arrive at ${document}, phase ${phase}: nothing is written`,
    "Write this migration by hand.",
  );
}

function notReverted(database: string): Finding {
  return unproven(
    database,
    "not-provable",
    "the down files do not restore the schema before the migrations: nothing is written",
    "Write these migrations by hand.",
  );
}

/** What exists before a phase, without what every database has. */
function earlierThan(phase: number, { empty, steps }: ChainSchemas, state: Schema): ReadonlySet<ObjectKey> {
  const isOver = steps.every(({ file }) => file.phase < phase);
  const before = isOver ? state : (steps.findLast(({ file }) => file.phase < phase)?.after ?? empty);
  return new Set([...before.objects.keys()].filter((key) => !empty.objects.has(key)));
}

/** Whether statements change something that exists, or a part of it. */
function changesAny(
  { statements }: RepairGroup,
  schemas: readonly Schema[],
  existing: ReadonlySet<ObjectKey>,
): boolean {
  return statements.some(({ object: key }) => {
    const [object] = schemas.flatMap(({ objects }) => objects.get(key) ?? []);
    const host = object === undefined ? undefined : hostOf(object);
    return existing.has(key) || (host !== undefined && existing.has(host));
  });
}

/**
 * Writes the migrations of one database: each group of statements that must be committed by itself becomes one. All are
 * run up and down in the shadow, as the runner would.
 */
export async function draftsOf(input: DraftInput, tools: ProofTools): Promise<Drafts> {
  const { chain, document, phases, options, name, schemas } = input;
  const { database } = chain;
  const equal = await Promise.all(
    phases.map(({ wanted }) => areEqual(wanted, endOf(schemas), tools.printer)),
  );
  if (!equal.includes(false)) return { drafts: [], findings: [] };
  return withShadow(tools.place, async (shadow) => {
    for (const file of chain.migrations) await runUp(shadow, file);
    const read = () => shadow.readSchema({ exact: true });
    const first = await read();
    const drafts: RunDraft[] = [];
    const findings: Finding[] = [];
    let state = first;
    for (const { phase, wanted } of phases) {
      const earlier = earlierThan(phase, schemas, state);
      const renames = renamesIn(state, options.renames ?? []);
      const proof = await proofOf(state, wanted, { ...options, renames }, tools);
      if (proof === undefined) continue;
      findings.push(...proofFindings(database, proof));
      if (proof.reasons.length > 0) return { drafts: [], findings };
      for (const [i, group] of scriptGroups(proof.plan).entries()) {
        const number = input.number + drafts.length;
        const id = `${formatNumber(number)}_${name}${drafts.length === 0 ? "" : `_${drafts.length + 1}`}`;
        const up = migrationText(group, {
          settings: proof.plan.settings,
          header: [
            `socrates-db: phase ${phase}`,
            ...(changesAny(group, [wanted, state], earlier) ? [amends] : []),
            `Brings ${database} to ${document}.`,
          ],
        });
        await runText(shadow, up, !group.transaction);
        const after = await read();
        // The first group has the renames.
        const back = { ...options, renames: i === 0 ? reversedRenames(renames) : [] };
        const down = await downText(after, state, id, back, tools);
        if (down === undefined) findings.push(irreversible(database, phase));
        drafts.push({ database, number, id, phase, ...filesOf(up, down) });
        state = after;
      }
      if (proof.plan.left.length === 0 && !(await areEqual(wanted, state, tools.printer)))
        findings.push(notReached(database, document, phase));
    }
    for (const { down, downAlone } of [...drafts].reverse()) {
      if (down === undefined) return { drafts, findings };
      await runText(shadow, down, downAlone);
    }
    if (!(await areEqual(first, await read(), tools.printer))) findings.push(notReverted(database));
    return { drafts, findings };
  });
}
