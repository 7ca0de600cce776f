import type { Ora } from "ora";
import { describeHolder } from "../../ledger/advisory-lock.ts";
import { visible } from "../../report/visible.ts";
import { describeBuild } from "../../runner/build-progress.ts";
import type { RunEvent } from "../../runner/settings.ts";
import type { Io } from "../io.ts";

/** Shows the progress of a run on stderr. */
export interface Progress {
  report(event: RunEvent): void;
  /** Removes the spinner. Must be called however the run ends. */
  stop(): void;
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** The line for an event; none for events that only change the spinner. */
function line(event: RunEvent, width: number): string | undefined {
  const label = (database: string) => database.padEnd(width);
  switch (event.kind) {
    case "waiting":
      return `${label(event.database)}  waiting for ${describeHolder(event.holder)} to finish`;
    case "done":
      return `${label(event.file.database)}  ${event.direction === "up" ? "applied" : "rolled back"} ${event.file.id} in ${seconds(event.durationMs)}`;
    case "skip":
      return `${label(event.file.database)}  skipped ${event.file.id}: ${event.reason}`;
    case "retry":
      return `${label(event.file.database)}  ${event.reason}; retrying (${event.attempt} of ${event.attempts})`;
    case "settled": {
      const run = event.direction === "up" ? "earlier run" : "earlier rollback";
      const what = event.outcome === "done" ? "took effect" : "did not take effect";
      return `${label(event.file.database)}  ${event.file.id} ${what} in an ${run}`;
    }
    case "warning":
      return `warning: ${event.message}`;
    case "search-path":
      return `${label(event.database)}  search_path ${event.searchPath} is ignored: migrations start with public; qualify names of other schemas`;
    case "notice":
      return `${label(event.file.database)}  ${event.path}: ${event.severity}: ${event.message}`;
    case "failed":
      return `${label(event.database)}  failed`;
    case "build":
    case "phase":
    case "start":
      return undefined;
  }
}

/** Without a terminal: the milliseconds between two lines about the same step of a build. */
const buildEvery = 10_000;

function plainProgress(io: Io, width: number): Progress {
  let step = "";
  let last = 0;
  /** A line for each step of a build, and one now and then while it continues. */
  const showBuild = ({ file, build }: Extract<RunEvent, { kind: "build" }>) => {
    const now = performance.now();
    const key = `${file.id} ${build.phase} ${build.blocked ?? ""}`;
    if (key === step && now - last < buildEvery) return;
    step = key;
    last = now;
    io.err(`${file.database.padEnd(width)}  ${file.id}: ${describeBuild(build)}`);
  };
  return {
    report: (event) => {
      if (event.kind === "build") return showBuild(event);
      const text = line(event, width);
      if (text !== undefined) io.err(text);
    },
    stop: () => {},
  };
}

async function spinnerProgress(width: number): Promise<Progress> {
  const { default: ora } = await import("ora");
  const spinner: Ora = ora({ stream: process.stderr, discardStdin: false });
  const running = new Map<string, string>();
  let phase = 0;
  const draw = () => {
    spinner.text = `phase ${phase}: ${[...running].map(([database, id]) => `${database} ${id}`).join(", ")}`;
  };
  return {
    report: (event) => {
      if (event.kind === "phase") phase = event.phase;
      if (event.kind === "start") running.set(event.file.database, event.file.id);
      if (event.kind === "build")
        running.set(event.file.database, visible(`${event.file.id}: ${describeBuild(event.build)}`));
      if (event.kind === "done" || event.kind === "skip") running.delete(event.file.database);
      const text = line(event, width);
      if (text !== undefined) {
        const symbol = event.kind === "done" ? "✔" : event.kind === "failed" ? "✖" : "•";
        spinner.stopAndPersist({ symbol, text: visible(text) });
      }
      draw();
      spinner.start();
    },
    stop: () => void spinner.stop(),
  };
}

/** Counts the server's notices, and shows nothing else. */
function quietProgress(io: Io): Progress {
  let count = 0;
  return {
    report: ({ kind }) => {
      if (kind === "notice") count++;
    },
    stop: () => {
      if (count > 0)
        io.err(
          `${count} ${count === 1 ? "notice" : "notices"} of the server hidden; leave out --quiet to see them`,
        );
      count = 0;
    },
  };
}

/**
 * @param databases keys, for aligned lines
 * @param quiet shows only the number of notices
 */
export async function openProgress(io: Io, databases: readonly string[], quiet: boolean): Promise<Progress> {
  if (quiet) return quietProgress(io);
  const width = Math.max(...databases.map((key) => key.length));
  return io.stderrColumns !== undefined ? spinnerProgress(width) : plainProgress(io, width);
}
