import type { Finding } from "../../diff/finding.ts";
import { dotted, partsOfName } from "../../schema/names.ts";
import type { Severity } from "../../severity.ts";
import type { Page } from "../model.ts";
import { text } from "./text.ts";

const signs: Readonly<Record<Severity, { readonly tone: string; readonly sign: string }>> = {
  error: { tone: "bad", sign: "!" },
  warning: { tone: "warn", sign: "▲" },
  advice: { tone: "info", sign: "i" },
};

function findingItem({ severity, message, hint, location, database }: Finding): string {
  const { tone, sign } = signs[severity];
  const place =
    location === undefined ? "" : ` <span class="none">${text(`${location.file}:${location.line}`)}</span>`;
  const where = database === undefined ? "" : `<span class="none">${text(database)}</span> `;
  return `<li><span class="verdict ${tone}"><span aria-hidden="true">${sign}</span> ${severity}</span><div>${where}<bdi>${text(message)}</bdi>${place}${hint === undefined ? "" : `<div class="remark">${text(hint)}</div>`}</div></li>`;
}

/** Findings, each with its severity in words. */
export function findingsList(findings: readonly Finding[]): string {
  return `<ul class="findings">${findings.map(findingItem).join("")}</ul>`;
}

/** The findings about each table or a part of it, by the id of the table. */
export function findingsByTable({ tables, findings }: Page): ReadonlyMap<string, readonly Finding[]> {
  const known = new Set(tables.map(({ id }) => id));
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { database, object } = finding;
    if (database === undefined || object === undefined) continue;
    const [schema = "", table = ""] = partsOfName(object);
    const id = `${database}:${dotted(schema, table)}`;
    if (known.has(id)) found.set(id, [...(found.get(id) ?? []), finding]);
  }
  return found;
}
