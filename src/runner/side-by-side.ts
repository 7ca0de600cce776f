/**
 * Runs the same for all databases at once, and waits until all have ended, whatever happens: no session is left with
 * a running query.
 * @returns the results, in the order of the databases; the first failure in that order is thrown
 */
export async function sideBySide<T, R>(
  databases: readonly T[],
  work: (database: T) => Promise<R>,
): Promise<R[]> {
  const settled = await Promise.allSettled(databases.map(work));
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
