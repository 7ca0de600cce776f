import type { Fit } from "../adopt/fit.ts";
import { formatNumber, type MigrationFile } from "../migrations/files.ts";
import type { DatabaseInput } from "../project/open.ts";
import { phaseReached } from "../project/status.ts";

/** Where one database was found; `ledger` where it had one already. */
export interface Found {
  readonly input: DatabaseInput;
  readonly fit: Fit | { readonly state: "ledger" };
}

/** How an adoption ended: `refused` where a database fits no point, and then nothing was written. */
export type Outcome = "adopted" | "dry-run" | "refused";

function phaseAt({ chain }: DatabaseInput, files: readonly MigrationFile[]): number | null {
  return phaseReached(chain.migrations.map((file) => ({ phase: file.phase, applied: files.includes(file) })));
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** A line for each database: where it stands, and what was done. */
export function adoptLines(found: readonly Found[], outcome: Outcome): string[] {
  const lines = found.map(({ input, fit }) => {
    const { key } = input;
    if (fit.state === "ledger") return `${key}: has a ledger already`;
    if (fit.state === "empty") return `${key}: holds nothing of its chain; socrates-db migrate makes it`;
    const phase = phaseAt(input, fit.files);
    const where = `${fit.point.id}, ${phase === null ? "no phase complete" : `phase ${phase}`}`;
    if (fit.state === "differs") {
      const errors = fit.findings.filter(({ severity }) => severity === "error").length;
      return `${key}: fits no point of its chain; the nearest is ${where}, with ${count(errors, "difference")}`;
    }
    const numbers = fit.files.map(({ number }) => formatNumber(number)).join(", ");
    if (outcome === "adopted") return `${key}: adopted at ${where}: ${numbers}`;
    return `${key}: fits ${where}: ${numbers}`;
  });
  return outcome === "adopted" ? lines : [...lines, "nothing was written"];
}

/** The further keys of the JSON. */
export function adoptDetails(found: readonly Found[], outcome: Outcome): Record<string, unknown> {
  const databases = found.map(({ input, fit }) => {
    if (fit.state === "ledger" || fit.state === "empty") return [input.key, { state: fit.state }] as const;
    const point = {
      number: fit.point.number,
      name: fit.point.name,
      phase: fit.point.phase,
    };
    const adopted =
      fit.state === "fits" ? fit.files.map(({ number, name, phase }) => ({ number, name, phase })) : [];
    const state = fit.state === "fits" && outcome === "adopted" ? "adopted" : fit.state;
    return [
      input.key,
      fit.state === "fits"
        ? { state, head: point.number, phase: phaseAt(input, fit.files), adopted }
        : { state, nearest: point },
    ] as const;
  });
  return { outcome, databases: Object.fromEntries(databases) };
}
