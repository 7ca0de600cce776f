import { expect } from "vitest";
import type { Cluster } from "../../support/lanes/cluster.ts";
import { makeCluster } from "../../support/lanes/cluster.ts";
import { installedPrograms, npmPrograms } from "../../support/lanes/local.ts";
import { type EngineName, engines } from "../../support/place.ts";
import { watchActivity } from "../../support/secrets.ts";
import { full } from "./level.ts";

/** The engines for tests that do not depend on them: the fast subset uses the faster one. */
export const mostEngines: readonly EngineName[] = full ? engines : ["server"];

/**
 * A separate server for a test, from an installed PostgreSQL or else from npm; not yet started. While it runs,
 * pg_stat_activity is searched for passwords; if one is found, its stop fails.
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
