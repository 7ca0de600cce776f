import { type Fit, findFit } from "../../adopt/fit.ts";
import { readSchema } from "../../catalog/read.ts";
import { deferredIndexes } from "../../document/deferred.ts";
import { SocratesError } from "../../errors.ts";
import { checkChains } from "../../migrations/files.ts";
import { isAbsent, type OpenDatabase, withDatabases } from "../../project/open.ts";
import { wrongChain } from "../../project/preflight.ts";
import { adoptDetails, adoptLines, type Found, type Outcome } from "../../report/adopt.ts";
import { type Decision, hasLedger, writeAdopted } from "../../runner/adopt.ts";
import type { Schema } from "../../schema/model.ts";
import { partsOfName } from "../../schema/names.ts";
import { type ChainSchemas, everything } from "../../sources/of-migrations.ts";
import { choiceOption, flagOption } from "../arguments/options.ts";
import { readBounds, withRunSettings } from "../arguments/run-settings.ts";
import type { Action } from "../commands/command.ts";
import { openContext } from "../context.ts";
import { findingsSettings, placeOfFindings, report } from "../findings.ts";
import { cacheFolders, chainsOf, documentIfAny } from "../sources.ts";

type Chains = ReadonlyMap<string, ChainSchemas>;

function tablesOf(schema: Schema): Set<string> {
  return new Set([...schema.objects.values()].filter(({ kind }) => kind === "table").map(({ name }) => name));
}

/** @throws SocratesError `wrong-chain` for a database with tables of another one */
function checkOwnTables({ key, session }: OpenDatabase, live: Schema, chains: Chains): void {
  const present = tablesOf(live);
  const own = chains.get(key);
  const ownTables = own === undefined ? new Set<string>() : tablesOf(everything(own));
  for (const [other, chain] of chains) {
    if (other === key) continue;
    const found = [...tablesOf(everything(chain))].filter(
      (name) => present.has(name) && !ownTables.has(name),
    );
    if (found.length > 0)
      throw wrongChain(session, other, found.map((name) => partsOfName(name).at(-1) ?? name).sort());
  }
}

function nothingThere(labels: readonly string[]): SocratesError {
  return new SocratesError(
    "nothing-to-adopt",
    `nothing to adopt: ${labels.join(" and ")} ${labels.length === 1 ? "holds" : "hold"} nothing of the migrations`,
    { hint: "Make them with: socrates-db migrate" },
  );
}

async function fitOf(open: OpenDatabase, chains: Chains, deferred: ReadonlySet<string>): Promise<Fit> {
  const { key, session } = open;
  const live = await readSchema(session);
  checkOwnTables(open, live, chains);
  const chain = chains.get(key);
  if (chain === undefined) throw new Error(`${key} has no chain`);
  return findFit({ database: key, label: session.label, live, chain, deferred });
}

function decisionOf(fits: ReadonlyMap<string, Fit>): Decision {
  if ([...fits.values()].some(({ state }) => state === "differs")) return undefined;
  return new Map(
    [...fits].flatMap(([key, fit]) => (fit.state === "fits" ? [[key, fit.files] as const] : [])),
  );
}

/** `socrates-db adopt` */
export const adoptAction: Action = async (invocation) => {
  const { options } = invocation;
  choiceOption(options, "format", ["text", "json"], "text");
  const dryRun = flagOption(options, "dryRun");
  const context = await openContext(invocation);
  const { config, project } = context;
  const bounds = readBounds(invocation, config);
  checkChains(project.chains);
  const document = await documentIfAny(context, invocation);
  const deferred = document === undefined ? new Set<string>() : deferredIndexes(document);
  const chains = await chainsOf(context, cacheFolders(invocation));
  const present = project.databases.filter((input) => !isAbsent(input));
  if (present.length === 0) throw nothingThere(project.databases.map(({ name }) => name));
  return withDatabases(present, "adopt", async (open) => {
    const unledgered = open.filter(({ ledger }) => ledger.rows.length === 0);
    if (unledgered.length === 0) throw hasLedger(open.map(({ session }) => session.label));
    const fits = new Map<string, Fit>();
    const decide = async () => {
      const found = await Promise.all(unledgered.map((database) => fitOf(database, chains, deferred)));
      for (const [i, { key }] of unledgered.entries())
        fits.set(key, found[i] ?? { state: "empty", findings: [] });
      if (found.every(({ state }) => state === "empty"))
        throw nothingThere(unledgered.map(({ session }) => session.label));
      return decisionOf(fits);
    };
    if (dryRun) await decide();
    else
      await withRunSettings(invocation, config, bounds, "up", (settings) =>
        writeAdopted(unledgered, settings, decide),
      );
    const found: Found[] = project.databases.map((input) => ({
      input,
      fit: open.some(({ key, ledger }) => key === input.key && ledger.rows.length > 0)
        ? { state: "ledger" }
        : (fits.get(input.key) ?? { state: "empty", findings: [] }),
    }));
    const outcome: Outcome = decisionOf(fits) === undefined ? "refused" : dryRun ? "dry-run" : "adopted";
    return report(
      invocation,
      {
        title: "socrates-db adopt",
        place: placeOfFindings(config),
        findings: [...fits.values()].flatMap(({ findings }) => findings),
        summary: adoptLines(found, outcome),
        details: adoptDetails(found, outcome),
      },
      findingsSettings(invocation, {}),
    );
  });
};
