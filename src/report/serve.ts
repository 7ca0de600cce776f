import type { ServedUrl } from "../serve/urls.ts";

/** What `serve` and `env` print with `--format json`. */
export interface ServeReport {
  readonly schemaVersion: 1;
  /** The process that serves. */
  readonly pid: number;
  readonly databases: Readonly<
    Record<
      string,
      { readonly name: string; readonly port: number; readonly variable: string; readonly url: string }
    >
  >;
}

export function serveReport(databases: readonly ServedUrl[], pid: number): ServeReport {
  return {
    schemaVersion: 1,
    pid,
    databases: Object.fromEntries(
      databases.map(({ key, name, port, urlVariable, url }) => [
        key,
        { name, port, variable: urlVariable, url },
      ]),
    ),
  };
}

/** One `export` line per database, for a shell. */
export function serveText(databases: readonly ServedUrl[]): string {
  return databases.map(({ urlVariable, url }) => `export ${urlVariable}=${url}\n`).join("");
}
