/**
 * The contents of the built program: one file, which `cli/start/load-program.ts` loads for all commands without a
 * prepared answer.
 */
export { reportUncaught, runCommand } from "../cli/start/run-command.ts";

/** @see `build/make-catalogs.ts` */
export async function makeCatalogs(folder: string): Promise<void> {
  const { makeCatalogs: make } = await import("./make-catalogs.ts");
  await make(folder);
}
