import type { Queries } from "../database/session.ts";
import type { Uncovered } from "../schema/model.ts";
import {
  type ColumnRow,
  columnsSql,
  type DefaultRow,
  defaultsSql,
  type NotNullRow,
  notNullsSql,
} from "./columns.ts";
import { type ConstraintRow, constraintsSql } from "./constraints.ts";
import { type ExtensionRow, extensionsSql } from "./extensions.ts";
import type { ReadOptions } from "./fragments.ts";
import { type FunctionRow, functionsSql } from "./functions.ts";
import { collationsSql, type NameRow, type OperatorClassRow, operatorClassesSql } from "./index-names.ts";
import { type IndexRow, indexesSql } from "./index-rows.ts";
import { commentsSql, dependenciesSql, type MemberRow, membersSql } from "./links.ts";
import { type OwnerRow, ownersSql } from "./owners.ts";
import { type PolicyRow, policiesSql } from "./policies.ts";
import type { RareRow } from "./rare/rare-kind.ts";
import type { CommentRow, DependencyRow } from "./registry.ts";
import { type RuleRow, rulesSql } from "./rules.ts";
import { type SchemaRow, schemasSql } from "./schemas.ts";
import { type SequenceRow, sequencesSql } from "./sequences.ts";
import { type SettingRow, settingsSql } from "./settings.ts";
import { type TableRow, tablesSql } from "./tables.ts";
import { type TriggerRow, triggersSql } from "./triggers.ts";
import { type TypeRow, typesSql } from "./types.ts";
import { uncoveredSql } from "./uncovered.ts";
import { type ViewRow, viewsSql } from "./views.ts";

/** The rows of all queries. */
export interface CatalogRows {
  readonly schemas: SchemaRow;
  readonly extensions: ExtensionRow;
  readonly types: TypeRow;
  readonly sequences: SequenceRow;
  readonly tables: TableRow;
  readonly columns: ColumnRow;
  readonly defaults: DefaultRow;
  readonly notNulls: NotNullRow;
  readonly constraints: ConstraintRow;
  readonly indexes: IndexRow;
  readonly operatorClasses: OperatorClassRow;
  readonly collations: NameRow;
  readonly views: ViewRow;
  readonly functions: FunctionRow;
  readonly triggers: TriggerRow;
  readonly rules: RuleRow;
  readonly policies: PolicyRow;
  readonly members: MemberRow;
  readonly comments: CommentRow;
  readonly dependencies: DependencyRow;
  readonly rare: RareRow;
  readonly owners: OwnerRow;
  readonly settings: SettingRow;
  readonly uncovered: Uncovered;
}

/** A query without rows. */
const none = "SELECT WHERE false";

/**
 * The queries for a server: one for each common kind of object, one for all rare kinds that are present, and a few for
 * how objects are related.
 */
export async function queriesFor(options: ReadOptions, present: string): Promise<Queries<CatalogRows>> {
  // Most databases do not need the definitions of these kinds.
  const rare = present === "" ? undefined : await import("./rare/index.ts");
  return {
    schemas: schemasSql(options),
    extensions: extensionsSql,
    types: typesSql(options),
    sequences: sequencesSql(options),
    tables: tablesSql(options),
    columns: columnsSql(options),
    defaults: defaultsSql,
    notNulls: notNullsSql(options),
    constraints: constraintsSql(options),
    indexes: indexesSql(options),
    operatorClasses: operatorClassesSql,
    collations: collationsSql,
    views: viewsSql(options),
    functions: functionsSql(options),
    triggers: triggersSql,
    rules: rulesSql,
    policies: policiesSql,
    members: membersSql,
    comments: commentsSql,
    dependencies: dependenciesSql,
    rare: rare?.rareObjectsSql(present, options) ?? none,
    owners: options.owners ? ownersSql : none,
    settings: options.settings ? settingsSql : none,
    uncovered: uncoveredSql,
  };
}
