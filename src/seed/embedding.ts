import { kind, Random } from "./random.ts";
import { domains } from "./vocabulary/domains.ts";

/** Dimensions of the column `embedding`. */
const dimensions = 384;

/** A number around 0, distributed like the sum of three dice: an integer, so that nothing is rounded. */
function die(random: Random): number {
  return random.below(2001) + random.below(2001) + random.below(2001) - 3000;
}

/** The centre of each topic: random directions in this many dimensions are nearly orthogonal. */
const centres: readonly Int32Array[] = domains.map((_, topic) => {
  const random = new Random().open(0, kind.cluster, topic);
  return Int32Array.from({ length: dimensions }, () => die(random));
});

/**
 * The embedding of a text on a topic: a unit vector near the topic's centre, with a cosine of about 0.9 to it.
 * Components are integers up to the one division by the length (a square root, which IEEE 754 rounds exactly), and
 * are rounded to six decimals.
 */
export function embedding(topic: number, random: Random): Float32Array {
  const centre = centres[topic];
  if (centre === undefined) throw new RangeError(`there is no topic ${topic}`);
  const vector = new Float32Array(dimensions);
  let squares = 0;
  for (let i = 0; i < dimensions; i++) {
    const value = 2 * (centre[i] ?? 0) + die(random);
    vector[i] = value;
    squares += value * value;
  }
  const scale = 1_000_000 / Math.sqrt(squares);
  // `| 0` also turns -0 into 0.
  for (let i = 0; i < dimensions; i++) vector[i] = (Math.round((vector[i] ?? 0) * scale) | 0) / 1_000_000;
  return vector;
}
