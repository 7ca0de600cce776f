import type { Ora } from "ora";
import { visible } from "../../report/visible.ts";
import type { Io } from "../io.ts";

/** Shows on stderr that long work is running, until it is stopped. */
export interface Activity {
  /** Shows the current step. */
  show(text: string): void;
  /** Removes the spinner. Must be called however the work ends. */
  stop(): void;
}

/** Without a terminal, the interval between lines, in milliseconds. */
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

/** Starts the spinner with the first text. */
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
