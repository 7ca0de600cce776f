import { describe, expect, it } from "vitest";
import { arrange } from "../../src/diagram/arrange.ts";
import { cells } from "../../src/diagram/cells.ts";
import { columnsModes } from "../../src/diagram/columns.ts";
import { printable } from "../../src/diagram/labels.ts";
import { renderText } from "../../src/diagram/render/text.ts";
import { randomDiagram } from "./random.ts";
import { trace } from "./trace.ts";

const seeds = Array.from({ length: 18 }, (_, i) => i + 1);
/** Widths: so narrow that only stairs or nothing fits; usual; and so wide that everything fits in layers. */
const widths = [0, 60, 1000];

describe("any schema", () => {
  it.each(seeds)("seed %i", async (seed) => {
    const diagram = randomDiagram(seed, 1 + (seed % 12));
    const columns = columnsModes[seed % columnsModes.length] ?? "none";
    const names = new Map(diagram.tables.map(({ id, name }) => [id, name]));
    for (const width of widths) {
      const drawing = await arrange(diagram, { show: printable, width: cells, columns }, width);
      const lines = renderText(drawing, "unicode", cells, (text) => text);
      expect(Math.max(...lines.map(cells))).toBeLessThanOrEqual(drawing.width);
      const { boxes, references } = trace(lines);
      expect(boxes.map(({ title }) => title).sort()).toEqual([...names.values()].sort());
      const drawn = references.map(({ from, to, optional, unique, logical }) =>
        JSON.stringify({ from, to, optional, unique, logical }),
      );
      const stated = diagram.references.map(({ from, to, optional, unique, logical }) =>
        JSON.stringify({ from: names.get(from), to: names.get(to), optional, unique, logical }),
      );
      expect(drawn.sort()).toEqual(stated.sort());
    }
  });
});
