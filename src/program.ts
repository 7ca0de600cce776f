/** What the built program holds: one file, which `cli/load-program.ts` loads for all commands but the prepared ones. */
export { reportUncaught, runCommand } from "./cli/run-command.ts";

/** @see `sources/make-catalogs.ts` */
export async function makeCatalogs(folder: string): Promise<void> {
  const { makeCatalogs: make } = await import("./sources/make-catalogs.ts");
  await make(folder);
}
