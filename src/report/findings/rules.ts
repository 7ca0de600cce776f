import type { Rule } from "./report.ts";

const drift =
  "Apply a migration, revert the change in the database, or correct the document: the three should agree.";
const documentHelp = "Correct the document; socrates-db verify document checks it without a database.";
const phaseHelp = "Later phases only add, and a down file leaves the schema as it was before its migration.";
const accessHelp = "Revoke what the document does not allow, or document it.";
const referenceHelp =
  "Correct the rows or the comment that states the reference; no foreign key can enforce it.";
const ledgerHelp =
  "Restore the databases to the same time, or correct the ledger by hand; do not migrate until then.";
const rehearsalHelp =
  "Correct the statement, or choose a server for shadows that has what it needs: --shadow URL.";
const statementHelp =
  "Change the statement so that it works before and after the migration, and deploy it before you migrate.";
const indexHelp =
  "Advice: change it in the document and with a migration, or ignore it in the config file with a reason.";

const rules: Readonly<Record<string, Rule>> = {
  missing: { text: "Something documented is missing.", help: drift },
  unexpected: { text: "Something exists that is not documented.", help: drift },
  changed: { text: "Something is not as documented.", help: drift },
  renamed: { text: "Something was renamed.", help: drift },
  duplicate: {
    text: "Two foreign keys enforce the same.",
    help: "Drop one of them: each row is checked twice.",
  },
  "not-compared": {
    text: "An object of a kind that is not compared.",
    help: "docs/coverage.md lists what is compared.",
  },
  "ambiguous-point": {
    text: "Two points of the chain have the same schema.",
    help: "The later one is recorded.",
  },
  "no-sql": { text: "A table is documented without SQL.", help: documentHelp },
  "heading-mismatch": { text: "The heading of a table and its SQL disagree.", help: documentHelp },
  "outside-table": { text: "SQL of the document belongs to no table.", help: documentHelp },
  "no-database": { text: "SQL of the document belongs to no database.", help: documentHelp },
  "unread-reference": { text: "A reference of the document cannot be read.", help: documentHelp },
  "unknown-database": { text: "The document names a database that is not configured.", help: documentHelp },
  "unknown-reference": {
    text: "A reference points to something that is not documented.",
    help: documentHelp,
  },
  "unstated-reference": { text: "An array of keys refers to an unknown table.", help: documentHelp },
  "phase-without-migrations": { text: "A phase of the document has no migration.", help: documentHelp },
  "wrong-count": { text: "The document counts indexes that its SQL does not create.", help: documentHelp },
  "no-migration": { text: "No migration of the document names a table.", help: documentHelp },
  "not-listed": { text: "A table is missing in the document's list.", help: documentHelp },
  "not-defined": { text: "A listed table has no SQL.", help: documentHelp },
  diagram: { text: "A diagram of the document and its tables disagree.", help: documentHelp },
  "extension-not-stated": { text: "The SQL needs an extension that it does not create.", help: documentHelp },
  "alters-earlier": { text: "A migration alters something of an earlier phase.", help: phaseHelp },
  "drops-earlier": { text: "A migration drops something of an earlier phase.", help: phaseHelp },
  "indexes-earlier": { text: "A migration adds an index to a table of an earlier phase.", help: phaseHelp },
  "down-changes": { text: "A down file changes something else.", help: phaseHelp },
  "down-failed": { text: "A down file does not run.", help: phaseHelp },
  "down-leaves": { text: "A down file leaves something behind.", help: phaseHelp },
  "down-loses": { text: "A down file drops something that was there before.", help: phaseHelp },
  "down-missing": { text: "A migration has no down file.", help: phaseHelp },
  orphans: { text: "Rows refer to missing rows.", help: referenceHelp },
  "unlisted-value": { text: "Rows hold values that the document does not list.", help: referenceHelp },
  "reference-target-missing": {
    text: "A reference points to a missing table.",
    help: referenceHelp,
  },
  "reference-type": { text: "A reference and its target have different types.", help: referenceHelp },
  "unindexed-reference": { text: "A reference has no index.", help: indexHelp },
  unreadable: { text: "Something cannot be read.", help: "Grant SELECT, or use a role that may read it." },
  "duplicate-index": { text: "Two indexes are duplicates.", help: indexHelp },
  "redundant-index": { text: "An index repeats the first columns of another.", help: indexHelp },
  "unindexed-foreign-key": { text: "A foreign key has no index.", help: indexHelp },
  "unused-index": { text: "An index is not used.", help: indexHelp },
  "few-rows": { text: "A vector index was built over too few rows.", help: indexHelp },
  "poor-recall": { text: "A vector index has poor recall.", help: indexHelp },
  bloat: { text: "An index has many empty pages.", help: indexHelp },
  "grant-option": { text: "A role can grant its privileges to other roles.", help: accessHelp },
  "public-connect": { text: "PUBLIC can connect.", help: accessHelp },
  "public-create": { text: "PUBLIC can create objects.", help: accessHelp },
  "public-default": { text: "PUBLIC gets privileges on new objects.", help: accessHelp },
  "public-read": { text: "PUBLIC can read rows.", help: accessHelp },
  "public-write": { text: "PUBLIC can change rows.", help: accessHelp },
  "superuser-owner": { text: "A superuser owns something.", help: accessHelp },
  "superuser-login": { text: "A superuser can log in.", help: accessHelp },
  "reads-all": { text: "A role reads all data.", help: accessHelp },
  "ledger-writable": { text: "A role can change the ledger.", help: accessHelp },
  "other-pair": { text: "The databases do not belong together.", help: ledgerHelp },
  restored: { text: "One database was restored alone.", help: ledgerHelp },
  "phase-gap": { text: "The databases are at different phases.", help: ledgerHelp },
  "row-forged": { text: "A row of the ledger has no history.", help: ledgerHelp },
  "row-lost": { text: "A row of the ledger was lost.", help: ledgerHelp },
  unfinished: { text: "A migration was interrupted.", help: ledgerHelp },
  "not-measured": { text: "A statement could not be measured.", help: rehearsalHelp },
  "statement-broken": {
    text: "A statement of the application is invalid after the migrations.",
    help: statementHelp,
  },
  "plan-loses-index": {
    text: "A statement of the application can no longer use an index.",
    help: "Create an index that fits before the migration, or keep the old one.",
  },
  "joins-databases": {
    text: "A statement of the application names tables of two databases.",
    help: "Query each database by itself: PostgreSQL cannot join their tables.",
  },
  "statement-not-planned": {
    text: "A statement of the application could not be checked.",
    help: "Correct the statement, or write its parameters as $1, :name or %s.",
  },
  "unused-accept": { text: "A file accepts a hazard that it does not have.", help: "Remove the directive." },
};

/** The rule of a code; errors that ended a run have no rule in the table. */
export function ruleOf(code: string): Rule {
  return (
    rules[code] ?? {
      text: `The check reported ${code}.`,
      help: "The message says what is wrong and what to do.",
    }
  );
}
