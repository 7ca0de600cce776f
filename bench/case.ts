import type { Sample } from "./measure.ts";
import type { Peers } from "./peers/peers.ts";
import type { BenchServer } from "./server.ts";

/** The input of every case. */
export interface BenchContext {
  readonly server: BenchServer;
  readonly peers: Peers;
  /** Rounds of each comparison. */
  readonly runs: number;
  /** A folder of the run, removed at its end. */
  readonly folder: string;
  /** Reports the current step. */
  readonly say: (line: string) => void;
}

/** A ratio with a target, and its measured value. */
export interface Aim {
  readonly what: string;
  readonly ratio: number;
  /** `<= 1.15`, `>= 0.8` */
  readonly aim: string;
  readonly met: boolean;
}

/** The results of a case: absolute figures for information, ratios with targets. */
export interface Table {
  readonly title: string;
  readonly samples: readonly { readonly name: string; readonly sample: Sample }[];
  readonly aims: readonly Aim[];
  /** Figures that are not times. */
  readonly counts?: {
    readonly head: readonly string[];
    readonly rows: readonly (readonly string[])[];
  };
  /** What only the JSON report has. */
  readonly details?: readonly string[];
  /** Notes, one line each. */
  readonly notes: readonly string[];
}

export interface BenchCase {
  readonly name: string;
  run(context: BenchContext): Promise<readonly Table[]>;
}

export function atMost(what: string, ratio: number, limit: number): Aim {
  return { what, ratio, aim: `<= ${limit}`, met: ratio <= limit };
}

export function atLeast(what: string, ratio: number, limit: number): Aim {
  return { what, ratio, aim: `>= ${limit}`, met: ratio >= limit };
}

/** A sample that must exist. */
export function sampleOf(samples: ReadonlyMap<string, Sample>, name: string): Sample {
  const sample = samples.get(name);
  if (sample === undefined) throw new Error(`nothing was measured of ${name}`);
  return sample;
}

/** The table of a comparison. */
export function tableOf(
  title: string,
  samples: ReadonlyMap<string, Sample>,
  aims: readonly Aim[],
  notes: readonly string[] = [],
): Table {
  return { title, samples: [...samples].map(([name, sample]) => ({ name, sample })), aims, notes };
}
