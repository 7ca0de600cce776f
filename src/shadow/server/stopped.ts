const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What to do before a signal ends the process. */
type CleanUp = () => Promise<void>;

const pending = new Set<CleanUp>();
let stopping = false;

function watch(isOn: boolean): void {
  for (const signal of signals) process[isOn ? "on" : "off"](signal, stop);
}

/** Cleans up, then lets the signal do what it does without this listener. A second signal ends the process at once. */
async function stop(signal: NodeJS.Signals): Promise<void> {
  // Another listener ends the work in its own way, and the work cleans up.
  if (process.listenerCount(signal) > 1) return;
  stopping = true;
  watch(false);
  await Promise.all([...pending].map((cleanUp) => cleanUp()));
  process.kill(process.pid, signal);
}

/** A clean-up that is registered. */
export interface Registered {
  /** Whether a signal is ending the process. */
  isStopping(): boolean;
  forget(): void;
}

/** Registers a clean-up that runs before a signal ends the process. @param cleanUp never throws */
export function whenStopped(cleanUp: CleanUp): Registered {
  if (pending.size === 0 && !stopping) watch(true);
  pending.add(cleanUp);
  return {
    isStopping: () => stopping,
    forget: () => {
      pending.delete(cleanUp);
      if (pending.size === 0 && !stopping) watch(false);
    },
  };
}
