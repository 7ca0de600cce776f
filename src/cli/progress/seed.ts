import type { NamedDatabase } from "../../databases.ts";
import { describeHolder } from "../../ledger/advisory-lock.ts";
import { visible } from "../../report/visible.ts";
import type { SeedEvent } from "../../seed/events.ts";
import type { Io } from "../io.ts";

/** Shows the progress of seed on stderr. */
export interface SeedProgress {
  report(event: SeedEvent): void;
  /** Clears the line for a question. */
  pause(): void;
  stop(): void;
}

const thousands = new Intl.NumberFormat("en-US");
function line(event: SeedEvent, width = 0): string | undefined {
  switch (event.kind) {
    case "waiting":
      return `${event.database.padEnd(width)}  waiting for ${describeHolder(event.holder)} to finish`;
    case "loaded":
      return `${event.database.padEnd(width)}  ${event.table}: ${thousands.format(event.rows)} rows`;
    case "finishing":
      return `${event.database.padEnd(width)}  ${event.what}`;
    case "begin":
    case "rows":
      return undefined;
  }
}

/** Counts rows, with the rate and the remaining time. */
function meter(): { count(event: SeedEvent): void; text(): string } {
  let begun = 0;
  let expected = 0;
  let rows = 0;
  const finishing = new Map<string, string>();
  return {
    count: (event) => {
      if (event.kind === "begin") {
        begun = performance.now();
        expected = event.expected;
      } else if (event.kind === "rows") {
        rows += event.rows;
        finishing.delete(event.database);
      } else if (event.kind === "finishing") finishing.set(event.database, event.what);
    },
    text: () => {
      const speed = Math.round((rows * 1000) / Math.max(1, performance.now() - begun));
      const left =
        rows === 0 || rows >= expected
          ? ""
          : `, about ${Math.ceil((expected - rows) / Math.max(1, speed))} s left`;
      const what = [...finishing].map(([database, text]) => `; ${database}: ${text}`).join("");
      return `${thousands.format(rows)} rows, ${thousands.format(speed)} rows/s${left}${what}`;
    },
  };
}

async function spinnerProgress(): Promise<SeedProgress> {
  const { default: ora } = await import("ora");
  const spinner = ora({ stream: process.stderr, discardStdin: false });
  const counted = meter();
  return {
    report: (event) => {
      counted.count(event);
      spinner.text = visible(event.kind === "waiting" ? (line(event) ?? "") : counted.text());
      if (!spinner.isSpinning) spinner.start();
    },
    pause: () => void spinner.stop(),
    stop: () => void spinner.stop(),
  };
}

function plainProgress(io: Io, databases: readonly NamedDatabase[]): SeedProgress {
  const width = Math.max(...databases.map(({ key }) => key.length));
  return {
    report: (event) => {
      const text = line(event, width);
      if (text !== undefined) io.err(text);
    },
    pause: () => {},
    stop: () => {},
  };
}

/**
 * @param databases whose progress is shown
 * @param quiet shows nothing at all
 */
export async function openSeedProgress(
  io: Io,
  databases: readonly NamedDatabase[],
  quiet: boolean,
): Promise<SeedProgress> {
  if (quiet) return { report: () => {}, pause: () => {}, stop: () => {} };
  return io.stderrColumns !== undefined ? spinnerProgress() : plainProgress(io, databases);
}
