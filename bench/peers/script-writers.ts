import { writeFileSync } from "node:fs";
import path from "node:path";
import { tool } from "../tool.ts";
import { pgDelta, reasonIn, runProcess, type ScriptWriter } from "./script-writer.ts";

/** Statements to standard output, with drops as the others also write them. */
function migra(programs: string): ScriptWriter {
  return {
    name: "@pgkit/migra",
    write: async (from, to, folder) => {
      const { code, output, errors } = await runProcess([
        path.join(programs, "migra"),
        "run",
        from,
        to,
        "--unsafe",
      ]);
      if (code !== 0) return { refused: reasonIn(errors) };
      const file = path.join(folder, "script.sql");
      writeFileSync(file, output);
      return { files: [{ file, transaction: true }] };
    },
  };
}

/** Options of `diff` for a script that may drop what holds rows, as those of the others do. */
export const asScript = ["--format", "sql", "--allow-drops"] as const;

/**
 * Our command for two databases, which are not those of the application.
 * @param elsewhere two other databases
 */
export function ourDiff(
  from: string,
  to: string,
  [auth, specs]: readonly [string, string],
  options: readonly string[],
): { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  const { argv } = tool([
    "diff",
    ...["--builtin", "--quiet", "--database", "auth", "--phase", "0"],
    ...["--from", to, "--to", from, ...options],
  ]);
  return { argv, env: { DATABASE_URL_AUTH: auth, DATABASE_URL_SPECS: specs } };
}

function ours(elsewhere: readonly [string, string]): ScriptWriter {
  return {
    name: "socrates-db",
    write: async (from, to, folder) => {
      const { argv, env } = ourDiff(from, to, elsewhere, asScript);
      const { output, errors } = await runProcess(argv, env);
      if (output.trim() === "" && !errors.includes("no difference")) return { refused: errors.trim() };
      const file = path.join(folder, "script.sql");
      writeFileSync(file, output);
      // It contains its own transactions.
      return { files: [{ file, transaction: false }] };
    },
  };
}

/** Ours, and the others that are installed. @param modules the folder of packages; undefined if it is missing */
export function scriptWriters(
  modules: string | undefined,
  elsewhere: readonly [string, string],
): readonly ScriptWriter[] {
  const programs = modules === undefined ? undefined : path.join(modules, ".bin");
  return [ours(elsewhere), ...(programs === undefined ? [] : [pgDelta(programs), migra(programs)])];
}
