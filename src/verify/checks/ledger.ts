import { SocratesError } from "../../errors.ts";
import { readRecord } from "../../ledger/history.ts";
import { checkChains } from "../../migrations/files.ts";
import { compareChain } from "../../migrations/validate.ts";
import { isAbsent, withDatabases } from "../../project/open.ts";
import { verifyLedgers } from "../ledger.ts";
import type { Check } from "./check.ts";

/**
 * `socrates-db verify ledger`: each ledger, compared with its files, its history, and what each other database
 * recorded.
 */
export const checkLedgers: Check = async ({ project }) => {
  checkChains(project.chains);
  const absent = project.databases.find(isAbsent);
  if (absent !== undefined)
    throw new SocratesError("ledger-missing", `the embedded database ${absent.key} does not exist yet`, {
      hint: "Create it with: socrates-db migrate",
    });
  const ledgers = await withDatabases(project.databases, "verify", (open) =>
    Promise.all(
      open.map(async ({ key, name, session, info, ledger, chain }) => {
        if (!info.hasLedger)
          throw new SocratesError("ledger-missing", `${session.label} has no ledger`, {
            hint: "Create it with: socrates-db migrate; for a database that already has the tables: socrates-db adopt",
          });
        return { key, name, statuses: compareChain(chain, ledger), record: await readRecord(session) };
      }),
    ),
  );
  const rows = ledgers.map(({ name, statuses, record }) => {
    const applied = statuses.filter(({ row }) => row !== undefined).length;
    return `${name} ${applied} migrations, ${record.history.length} history entries`;
  });
  return { findings: verifyLedgers(ledgers), summary: [`ledger: ${rows.join("; ")}`] };
};
