import Table from "cli-table3";
import type { Table as BenchTable } from "./case.ts";

/** The results and the machine. */
export interface BenchReport {
  readonly machine: string;
  readonly server: string;
  readonly tables: readonly BenchTable[];
  readonly missing: readonly string[];
}

function number(value: number | undefined, digits = 0): string {
  return value === undefined ? "" : value.toFixed(digits);
}

const head = ["", "wall, ms", "CPU, ms", "peak, MB"];

function rows({ samples }: BenchTable): string[][] {
  return samples.map(({ name, sample }) => [
    name,
    number(sample.wallMs),
    number(sample.cpuMs),
    number(sample.peakMb),
  ]);
}

function aims({ aims: all }: BenchTable): string[][] {
  return all.map(({ what, ratio, aim, met }) => [what, number(ratio, 2), aim, met ? "met" : "missed"]);
}

const aimHead = ["ratio", "measured", "aim", ""];

/** For the terminal. */
export function textReport({ machine, server, tables, missing }: BenchReport): string {
  const grid = (titles: readonly string[], body: readonly (readonly string[])[]) => {
    const table = new Table({ head: [...titles], style: { head: [], border: [] } });
    table.push(...body.map((row) => [...row]));
    return table.toString();
  };
  return [
    `${machine}; ${server}`,
    ...missing.map((line) => `not compared: ${line}`),
    ...tables.flatMap((table) => [
      "",
      table.title,
      ...(table.samples.length > 0 ? [grid(head, rows(table))] : []),
      ...(table.counts === undefined ? [] : [grid(table.counts.head, table.counts.rows)]),
      ...(table.aims.length > 0 ? [grid(aimHead, aims(table))] : []),
      ...table.notes,
    ]),
    "",
  ].join("\n");
}

function markdownTable(titles: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map((_, i) => (i === 0 ? "---" : "---:"))), ...body.map(line)].join("\n");
}

/** The page of the documents. */
export function markdownReport({ machine, server, tables, missing }: BenchReport): string {
  return [
    "# Benchmarks",
    "",
    "The latest run of `npm run bench`, which sets up a separate server and repeats everything. Medians of whole processes, run in turn, all with the same connection strings (`sslmode=disable`, without which some do not connect). Figures move from machine to machine; the ratios count.",
    "",
    `${machine}; ${server}.`,
    "",
    ...missing.flatMap((line) => [`Not compared: ${line}.`, ""]),
    ...tables.flatMap((table) => [
      `## ${table.title}`,
      "",
      ...(table.samples.length > 0 ? [markdownTable(head, rows(table)), ""] : []),
      ...(table.counts === undefined ? [] : [markdownTable(table.counts.head, table.counts.rows), ""]),
      ...(table.aims.length > 0 ? [markdownTable(aimHead, aims(table)), ""] : []),
      ...table.notes.flatMap((note) => [note, ""]),
    ]),
  ].join("\n");
}
