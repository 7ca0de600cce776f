/** What is read on request: it depends on the roles and settings of a server, which documents do not have. */
export interface Extras {
  /** Privileges of objects. */
  readonly privileges: boolean;
  /** Owners of objects. */
  readonly owners: boolean;
  /** Settings of the database, and of roles in it. */
  readonly settings: boolean;
}

export const noExtras: Extras = { privileges: false, owners: false, settings: false };
