import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A file of SQL, and whether psql runs it in one transaction. */
export interface ScriptFile {
  readonly file: string;
  readonly transaction: boolean;
}

/** What a tool writes for a pair of databases: its scripts in their order, or why there are none. */
export type Written = { readonly files: readonly ScriptFile[] } | { readonly refused: string };

/** A tool that writes the script from one database to another. */
export interface ScriptWriter {
  readonly name: string;
  /** @param folder empty, for the scripts */
  write(from: string, to: string, folder: string): Promise<Written>;
}

/** The end of a process that ran. */
export interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a process to its end, whatever its code. */
export function runProcess(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const [program = "", ...args] = argv;
  const { NODE_EXTRA_CA_CERTS: _certificates, ...inherited } = process.env;
  const options = { env: { ...inherited, ...env }, maxBuffer: 1 << 26, timeout: 300_000 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, output, errors) => {
      const code = typeof error?.code === "number" ? error.code : error === null ? 0 : 1;
      resolve({ code, output, errors });
    });
  });
}

/** What went wrong, by what a tool says: its error, or its last line. */
export function reasonIn(text: string): string {
  const lines = text.trim().split("\n");
  return lines.find((line) => line.includes("ERROR")) ?? lines.at(-1) ?? "";
}

/** `pgdelta plan` and `pgdelta render`, which writes a file for each part that is committed separately. */
export function pgDelta(programs: string): ScriptWriter {
  const program = path.join(programs, "pgdelta");
  return {
    name: "@supabase/pg-delta",
    write: async (from, to, folder) => {
      const plan = path.join(folder, "plan.json");
      const planned = await runProcess([program, "plan", "--source", from, "--desired", to, "--out", plan]);
      if (planned.code !== 0 || !existsSync(plan)) return { refused: reasonIn(planned.errors) };
      const base = path.join(folder, "script");
      const rendered = await runProcess([program, "render", "--plan", plan, "--out", base, "--allow-drops"]);
      // 3: the plan is empty.
      if (rendered.code !== 0 && rendered.code !== 3) return { refused: reasonIn(rendered.errors) };
      const number = (file: string) => Number(/_(\d+)\.sql$/.exec(file)?.[1] ?? 0);
      const names = readdirSync(folder).filter((file) => file.endsWith(".sql"));
      const files = names
        .sort((a, b) => number(a) - number(b))
        .map((name) => {
          const file = path.join(folder, name);
          const isSeparate = readFileSync(file, "utf8").startsWith("-- pg-delta: transaction=false");
          return { file, transaction: !isSeparate };
        });
      return { files };
    },
  };
}
