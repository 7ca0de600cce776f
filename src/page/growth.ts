import { count } from "./html/text.ts";
import type { Life, PageTable } from "./model.ts";

/** Whether an object exists at the end of a phase. */
export function isAlive({ from, to }: Life, phase: number): boolean {
  return from <= phase && (to === undefined || phase <= to);
}

/** The phases in which all of several objects exist. */
export function together(lives: readonly Life[]): Life {
  const ends = lives.flatMap(({ to }) => to ?? []);
  return {
    from: Math.max(...lives.map(({ from }) => from)),
    to: ends.length === 0 ? undefined : Math.min(...ends),
  };
}

/** A text of a table that holds from one phase to another. */
export interface PhasedText {
  readonly life: Life;
  readonly text: string;
}

/** What a box leaves out, at each phase: runs of phases with the same text. */
export function leftOutTexts(
  { columns, indexes }: PageTable,
  shown: ReadonlySet<string>,
  lastPhase: number,
): PhasedText[] {
  const textAt = (phase: number): string => {
    const hidden = columns.filter(({ name, life }) => !shown.has(name) && isAlive(life, phase));
    const own = indexes.filter(({ origin, life }) => origin !== "primaryKey" && isAlive(life, phase));
    return [
      ...(hidden.length === 0 ? [] : [`+${count(hidden.length, "column")}`]),
      ...(own.length === 0 ? [] : [count(own.length, "index", "indexes")]),
    ].join(" · ");
  };
  const texts: PhasedText[] = [];
  for (let phase = 0; phase <= lastPhase; phase++) {
    const text = textAt(phase);
    const last = texts.at(-1);
    const to = phase === lastPhase ? undefined : phase;
    if (last?.text === text) texts[texts.length - 1] = { text, life: { from: last.life.from, to } };
    else texts.push({ text, life: { from: phase, to } });
  }
  return texts.filter(({ text }) => text !== "");
}

/** What each phase adds to a table, or that it adds the table: only for phases that change it. */
export function additions(
  table: PageTable,
  lastPhase: number,
): { readonly phase: number; readonly text: string }[] {
  return Array.from({ length: lastPhase + 1 }, (_, phase) => {
    if (table.life.from === phase) return { phase, text: "new table" };
    const newIn = (parts: readonly { readonly life: Life }[]) =>
      parts.filter(({ life }) => life.from === phase && phase > table.life.from).length;
    const [columns, indexes] = [newIn(table.columns), newIn(table.indexes)];
    return {
      phase,
      text: [
        ...(columns === 0 ? [] : [`+${count(columns, "column")}`]),
        ...(indexes === 0 ? [] : [`+${count(indexes, "index", "indexes")}`]),
      ].join(", "),
    };
  }).filter(({ text }) => text !== "");
}
