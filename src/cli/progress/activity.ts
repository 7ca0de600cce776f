import type { Ora } from "ora";
import { visible } from "../../report/visible.ts";
import type { Io } from "../io.ts";

/** Shows that long work goes on, on standard error, until it is stopped. */
export interface Activity {
  /** Says what is under way now. */
  show(text: string): void;
  /** Takes away what moves. Must be called however the work ends. */
  stop(): void;
}

/** Without a terminal, a line at most every so many milliseconds. */
const lineEvery = 10_000;

function plainActivity(io: Io, now: () => number): Activity {
  let last = now();
  return {
    show: (text) => {
      if (now() - last < lineEvery) return;
      last = now();
      io.err(text);
    },
    stop: () => {},
  };
}

/** Begins to turn with the first text. */
function spinnerActivity(): Activity {
  let spinner: Promise<Ora> | undefined;
  const start = async () => {
    const { default: ora } = await import("ora");
    return ora({ stream: process.stderr, discardStdin: false }).start();
  };
  return {
    show: (text) => {
      spinner ??= start();
      void spinner.then((shown) => {
        shown.text = visible(text);
      });
    },
    stop: () => void spinner?.then((shown) => shown.stop()),
  };
}

/** @param quiet shows nothing at all */
export function openActivity(io: Io, quiet: boolean): Activity {
  if (quiet) return { show: () => {}, stop: () => {} };
  return io.stderrColumns !== undefined ? spinnerActivity() : plainActivity(io, Date.now);
}
