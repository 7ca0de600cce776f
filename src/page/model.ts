/** The content of the page: plain data, sorted, without times, so that the same schemas result in the same bytes. */
import type { Finding } from "../diff/finding.ts";
import type { Location } from "../errors.ts";
import type { Touch } from "../trace/touches.ts";

/** From the first phase that has an object to the last one; `to` is undefined if the last phase still has it. */
export interface Life {
  readonly from: number;
  readonly to: number | undefined;
}

/** How an object of a live database differs from the expected one. */
export type Drift = "added" | "missing" | "changed";

/** What every object of a table has. */
export interface PagePart {
  readonly name: string;
  readonly comment: string | undefined;
  readonly life: Life;
  readonly drift: Drift | undefined;
  /** The migrations that made or changed it. */
  readonly touches: readonly Touch[];
}

export interface PageColumn extends PagePart {
  readonly type: string;
  readonly nullable: boolean;
  /** Its default, identity or expression as SQL. */
  readonly value: string | undefined;
  /** Primary key, foreign key, logical reference. */
  readonly roles: readonly ("PK" | "FK" | "LR")[];
}

/** The result of `verify indexes` for one index. */
export interface IndexVerdict {
  /** A state of `verify indexes`; `unknown` if its database was not read, `extra` if it is not documented. */
  readonly state: string;
  /** Advice and errors about the index, one sentence each. */
  readonly remarks: readonly string[];
}

export interface PageIndex extends PagePart {
  /** The columns, and what else defines it, as SQL. */
  readonly definition: string;
  readonly origin: "createIndex" | "unique" | "vector" | "primaryKey";
  readonly verdict: IndexVerdict;
}

/** A constraint, trigger, policy or rule of a table. */
export interface PageObject extends PagePart {
  readonly kind: string;
  readonly definition: string;
}

export interface PageTable extends PagePart {
  /** Unique over all databases: `shop:public.orders`. */
  readonly id: string;
  /** Key of its database. */
  readonly database: string;
  /** For example `partitioned table`. */
  readonly kind: string;
  readonly location: Location | undefined;
  readonly columns: readonly PageColumn[];
  readonly indexes: readonly PageIndex[];
  readonly objects: readonly PageObject[];
}

/** Rows of `from` reference a row of `to`. */
export interface PageReference {
  readonly id: string;
  /** Id of the referring table. */
  readonly from: string;
  /** Id of the referenced table, which may be missing in the page: then it is the name of another database's table. */
  readonly to: string;
  readonly columns: readonly string[];
  readonly toColumns: readonly string[];
  readonly logical: boolean;
  /** One of the columns may be NULL. */
  readonly optional: boolean;
  /** At most one row references each row of `to`. */
  readonly unique: boolean;
  readonly life: Life;
  /** What happens on DELETE and UPDATE, as SQL; where a logical reference is stated. */
  readonly note: string | undefined;
}

/** A database of the page. */
export interface PageDatabase {
  readonly key: string;
  readonly name: string;
  /** Where it was read and the phase that it has reached, or why it was not read. */
  readonly live:
    | { readonly label: string; readonly reached: number | undefined }
    | { readonly notRead: string };
  /** Objects that belong to no table, by kind. */
  readonly others: readonly { readonly kind: string; readonly names: readonly string[] }[];
}

/** One check of `verify`, or why it did not run. */
export interface PageCheck {
  readonly name: string;
  readonly summary: readonly string[];
  readonly notRun: string | undefined;
}

export interface Page {
  /** The names of the databases. */
  readonly title: string;
  /** Where the tables come from: the document, the migrations, or the live databases. */
  readonly source: string;
  /** The last phase; undefined for live databases alone, which have none. */
  readonly lastPhase: number | undefined;
  readonly databases: readonly PageDatabase[];
  /** By database in the order of the config, then by name. */
  readonly tables: readonly PageTable[];
  readonly references: readonly PageReference[];
  readonly findings: readonly Finding[];
  readonly checks: readonly PageCheck[];
  /** What is not on the page, one sentence each. */
  readonly notRead: readonly string[];
}
