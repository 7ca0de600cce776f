/** How many statements or tables one message has. */
const batch = 100;

/** Items in parts, each small enough for one message. */
export function batches<T>(items: readonly T[]): T[][] {
  const found: T[][] = [];
  for (let i = 0; i < items.length; i += batch) found.push(items.slice(i, i + batch));
  return found;
}
