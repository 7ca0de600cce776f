/** A signal that is aborted with the first of two. `AbortSignal.any` is missing in Node 20.0 to 20.2. */
export function eitherSignal(one: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  if (one === undefined) return other;
  const both = new AbortController();
  for (const signal of [one, other]) {
    const stop = () => both.abort(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  }
  return both.signal;
}
