import { kind, Random } from "./random.ts";
import { domains } from "./vocabulary/domains.ts";

/** Dimensions of the column `embedding`. */
const dimensions = 384;

/** A number that is spread around 0 like the sum of three dice: whole, so that nothing is rounded. */
function die(random: Random): number {
  return random.below(2001) + random.below(2001) + random.below(2001) - 3000;
}

/** The middle of each topic: random directions in so many dimensions are nearly at right angles to one another. */
const centres: readonly Int32Array[] = domains.map((_, topic) => {
  const random = new Random().open(0, kind.cluster, topic);
  return Int32Array.from({ length: dimensions }, () => die(random));
});

const thousandths = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, "0"));

/** A number between -1 and 1 in millionths, as a decimal. */
function decimal(value: number): string {
  const size = Math.abs(value);
  return `${value < 0 ? "-" : ""}${size >= 1_000_000 ? 1 : 0}.${thousandths[Math.floor(size / 1000) % 1000]}${thousandths[size % 1000]}`;
}

const values = new Int32Array(dimensions);

/**
 * The embedding of a text on a topic: a unit vector near the middle of the topic, with a cosine of about 0.9 to it.
 * Components are whole numbers until the one division by the length (a square root, which IEEE 754 rounds exactly), and
 * are written with six decimals.
 */
export function embedding(topic: number, random: Random): string {
  const centre = centres[topic];
  if (centre === undefined) throw new RangeError(`there is no topic ${topic}`);
  let squares = 0;
  for (let i = 0; i < dimensions; i++) {
    const value = 2 * (centre[i] ?? 0) + die(random);
    values[i] = value;
    squares += value * value;
  }
  const scale = 1_000_000 / Math.sqrt(squares);
  let text = "[";
  for (let i = 0; i < dimensions; i++)
    text += `${i === 0 ? "" : ","}${decimal(Math.round((values[i] ?? 0) * scale))}`;
  return `${text}]`;
}
