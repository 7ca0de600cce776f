/**
 * What is read on request: it depends on the roles and settings of a server, which documents do not have, or never is a
 * difference.
 */
export interface Extras {
  /** Privileges of objects. */
  readonly privileges: boolean;
  /** Owners of objects. */
  readonly owners: boolean;
  /** Settings of the database, and of roles in it. */
  readonly settings: boolean;
  /**
   * What a copy of a database keeps, and no comparison counts: the order of options, the names of the sequences of
   * identity columns and of the indexes of partitions, and what a child table changes of its inherited columns.
   */
  readonly exact: boolean;
}

export const noExtras: Extras = { privileges: false, owners: false, settings: false, exact: false };
