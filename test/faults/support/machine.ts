import { expect } from "vitest";
import type { Cluster } from "../../support/lanes/cluster.ts";
import { makeCluster } from "../../support/lanes/cluster.ts";
import { installedPrograms, npmPrograms } from "../../support/lanes/local.ts";
import { type EngineName, engines } from "../../support/place.ts";
import { watchActivity } from "../../support/secrets.ts";
import { full } from "./level.ts";

/** The engines to test what is the same on each: the fast subset takes the one that is faster. */
export const mostEngines: readonly EngineName[] = full ? engines : ["server"];

/**
 * A server of the test's own, from an installed PostgreSQL or else from the one that npm has brought; not yet started.
 * While it runs, it is watched for passwords in pg_stat_activity; where one is seen, its stop fails.
 */
export async function ownCluster(): Promise<Cluster> {
  const cluster = await makeCluster(installedPrograms() ?? (await npmPrograms()));
  let watch: ReturnType<typeof watchActivity> | undefined;
  const ended = async (work: Promise<void>) => {
    const watching = watch;
    watch = undefined;
    const [activity] = await Promise.all([watching?.stop(), work]);
    expect(activity?.leaks ?? []).toEqual([]);
  };
  return {
    ...cluster,
    start: async (settings) => {
      await cluster.start(settings);
      watch = watchActivity(cluster.url);
    },
    stop: (mode) => ended(cluster.stop(mode)),
    remove: () => ended(cluster.remove()),
  };
}

/** A role of a server, written into the connection strings of an environment. */
export function withUser(
  env: Readonly<Record<string, string>>,
  user: string,
  password: string,
): Record<string, string> {
  return withUrls(env, (url) => {
    url.username = encodeURIComponent(user);
    url.password = encodeURIComponent(password);
  });
}

/** An environment whose connection strings are changed. */
export function withUrls(
  env: Readonly<Record<string, string>>,
  change: (url: URL, variable: string) => void,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([variable, text]) => {
      const url = new URL(text);
      change(url, variable);
      return [variable, url.toString()];
    }),
  );
}
