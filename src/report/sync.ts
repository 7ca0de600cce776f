import type { SyncReport } from "../sync/sync.ts";
import type { Style } from "./style.ts";
import { visible } from "./visible.ts";

/** What `document sync` has changed, and what is out of date, for people. */
export function syncText(report: SyncReport, isWritten: boolean, { paint }: Style): string {
  const { changed, outdated, files } = report;
  const place = ({ file, line }: { readonly file: string; readonly line: number }) =>
    `${visible(file)}:${line}`;
  const lines = [
    ...changed.map((part) => {
      const database = part.database === undefined ? "" : `${part.database}: `;
      return `${place(part)}: ${database}${part.kind} ${visible(part.object)} ${visible(part.what)}`;
    }),
    ...outdated.map((part) =>
      paint.yellow(`${place(part)}: ${visible(part.object)} ${visible(part.what)} (not changed)`),
    ),
  ];
  const names = files.map(visible).join(", ");
  const last =
    files.length === 0
      ? "The document is up to date."
      : isWritten
        ? `Wrote ${names}.`
        : `Out of date: ${names}. Nothing was written.`;
  return `${[...lines, last].join("\n")}\n`;
}
