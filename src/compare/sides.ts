import { expectedAt, tablePhases } from "../diff/expectation.ts";
import type { DocumentedSchema } from "../document/model.ts";
import { SocratesError } from "../errors.ts";
import type { DatabaseInput } from "../project/open.ts";
import { lastPhaseOf, type Workspace } from "../project/workspace.ts";
import { type Extras, noExtras } from "../schema/extras.ts";
import type { Schema } from "../schema/model.ts";
import { Sharing } from "../schema/sharing.ts";
import { openDocument } from "../sources/of-workspace.ts";
import type { Source, Sources } from "../sources/source.ts";
import { isLive, openSources } from "./open-source.ts";

/** Which two schemas are compared. */
export interface SidesOptions {
  /** The expected schema; see {@link openSources}. */
  readonly from: string;
  /** The schema to check. */
  readonly to: string;
  /** Undefined for the phase that a live side has reached. */
  readonly phase: number | undefined;
  /** What to compare in addition, for two live databases. */
  readonly extras?: Extras;
  /** The side that a script is for: both are then read exactly, and it with its owners and privileges. */
  readonly repaired?: "from" | "to";
}

/** Both opened sides, with the document if one of them is it. */
export interface OpenedSides {
  readonly from: Sources;
  readonly to: Sources;
  readonly document: DocumentedSchema | undefined;
}

/** @throws SocratesError `usage` for a source without what should be compared */
function checkExtras(source: string, extras: Extras, workspace: Workspace): void {
  const [extra] = Object.entries(extras).flatMap(([name, isRead]) => (isRead ? [name] : []));
  if (extra !== undefined && !isLive(workspace, source))
    throw new SocratesError("usage", `"${source}" has no ${extra}`, {
      hint: `Compare live databases: --from live --to postgresql://… --database KEY, or leave --${extra} out.`,
    });
}

/** What is read of a side. */
function readFor(side: "from" | "to", options: SidesOptions, workspace: Workspace): Extras {
  const { extras = noExtras, repaired } = options;
  checkExtras(options[side], extras, workspace);
  if (repaired === undefined) return extras;
  const isOwned = side === repaired && isLive(workspace, options[side]);
  return {
    ...extras,
    exact: true,
    ...(isOwned && { privileges: true, owners: true }),
  };
}

/**
 * Opens both sides of a comparison.
 * @param stop aborted if one of them cannot be opened
 * @throws SocratesError `usage`, and from the sources
 */
export async function openSides(
  options: SidesOptions,
  workspace: Workspace,
  stop: AbortController,
): Promise<OpenedSides> {
  const { from, to, phase } = options;
  const document = from === "document" || to === "document" ? await openDocument(workspace) : undefined;
  const sharing = new Sharing();
  // Without migrations, no ledger can tell a phase.
  const phaseGiven =
    phase !== undefined || workspace.project.chains.every(({ migrations }) => migrations.length === 0);
  const open = (side: "from" | "to") =>
    openSources(
      options[side],
      workspace,
      { phaseGiven, sharing, extras: readFor(side, options, workspace) },
      stop.signal,
    );
  const expected = open("from");
  try {
    const [opened, actual] = await Promise.all([
      expected,
      // Opens a source once for both sides: an embedded database accepts one connection.
      from === to ? expected : open("to"),
    ]);
    return { from: opened, to: actual, document };
  } catch (error) {
    // Cancels the pending work for the other side.
    stop.abort();
    throw error;
  }
}

/** One database on both sides, as of one phase. */
export interface DatabaseSides {
  readonly phase: number;
  readonly labels: { readonly expected: string; readonly actual: string };
  readonly expected: Schema;
  readonly actual: Schema;
}

function sourceFor(sources: Sources, key: string): Source {
  const source = sources.get(key);
  if (source === undefined)
    throw new SocratesError("usage", `one side of the comparison lacks the database ${key}`, {
      hint: "Use sources that have every database, or add --database.",
    });
  return source;
}

/** The schemas of one database. @throws SocratesError `usage` if a side lacks it */
export function sidesOf(
  { key, name }: DatabaseInput,
  { from, to, document }: OpenedSides,
  phase: number | undefined,
  workspace: Workspace,
): DatabaseSides {
  const [expected, actual] = [sourceFor(from, key), sourceFor(to, key)];
  const at =
    phase ??
    actual.reached?.complete ??
    expected.reached?.complete ??
    expected.lastPhase ??
    actual.lastPhase ??
    lastPhaseOf(workspace);
  const live = actual.at(at);
  return {
    phase: at,
    labels: { expected: expected.label, actual: actual.label },
    expected: expectedAt(expected, at, live, tablePhases(document, name), actual.reached),
    actual: live,
  };
}
