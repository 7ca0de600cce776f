import packageJson from "../package.json" with { type: "json" };

/** The version of this package; written to the ledger with each migration. */
export const version: string = packageJson.version;
