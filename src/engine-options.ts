import { cachedDataVersionTag, setFlagsFromString } from "node:v8";

/**
 * V8's options for PostgreSQL: the optimising compiler would cost more time and memory than a run lasts, and few
 * functions are called, so that only those are validated.
 */
const options = ["--liftoff-only", "--wasm-lazy-validation"];

/** The same without those options and what V8 derives from them. */
const defaults = [
  "--no-liftoff-only",
  "--wasm-tier-up",
  "--wasm-dynamic-tiering",
  "--no-wasm-lazy-validation",
];

/** V8 accepts only bytecode that was made under the same options, of which this number is a hash. */
const initialTag = cachedDataVersionTag();

/**
 * Sets V8's options for PostgreSQL in the whole process. A thread that starts afterwards takes twice as long: it has to
 * compile Node's own modules, as V8 refuses their prepared bytecode.
 */
export function setEngineOptions(): void {
  for (const option of options) setFlagsFromString(option);
}

/** Reverses {@link setEngineOptions}, once all engines have stopped: for bytecode that the next process can use. */
export function resetEngineOptions(): void {
  if (cachedDataVersionTag() !== initialTag) for (const option of defaults) setFlagsFromString(option);
}
