/** What the built program holds: one file, which `cli/start/load-program.ts` loads for all commands but the prepared ones. */
export { reportUncaught, runCommand } from "../cli/start/run-command.ts";

/** @see `build/make-catalogs.ts` */
export async function makeCatalogs(folder: string): Promise<void> {
  const { makeCatalogs: make } = await import("./make-catalogs.ts");
  await make(folder);
}
