import { describe, expect, it } from "vitest";
import { place } from "../../src/diagram/placement.ts";
import type { PlacedItem, PlacedLine, Placement, Point } from "../../src/diagram/plane.ts";

/** Numbers from 0 to below 1, the same in each run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** Two groups of rectangles with lines, most within 20 neighbours, some to themselves and to the other group. */
function sample(count: number, seed: number): { items: PlacedItem[]; lines: PlacedLine[] } {
  const random = randomFrom(seed);
  const lines: PlacedLine[] = [];
  for (let i = 1; i < count; i++)
    for (let k = 0; k < Math.floor(random() * 3); k++) {
      const near = Math.max(0, i - 1 - Math.floor(random() * 20));
      const to = random() < 0.05 ? i : near;
      const id = `${i} ${k}`;
      lines.push({ id, from: { item: `t${to}`, port: "start" }, to: { item: `t${i}`, port: id } });
    }
  const items = Array.from({ length: count }, (_, i): PlacedItem => {
    const own = lines.filter(({ to }) => to.item === `t${i}`);
    return {
      id: `t${i}`,
      group: i < count / 2 ? "first" : "second",
      width: i < count / 2 ? 200 : 240,
      height: 60 + 20 * own.length,
      ports: [
        { id: "start", side: "right", y: 17 },
        ...own.map(({ id, from }, k) => ({
          id,
          side: from.item === `t${i}` ? ("right" as const) : ("left" as const),
          y: 44 + 20 * k,
        })),
      ],
    };
  });
  return { items, lines };
}

interface Box extends Point {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

function boxesOf(items: readonly PlacedItem[], placement: Placement): Box[] {
  return items.map(({ id, width, height }) => {
    const at = placement.items.get(id);
    if (at === undefined) throw new Error(`${id} has no place`);
    return { id, width, height, ...at };
  });
}

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe.each([
  [25, 1],
  [25, 2],
  [110, 3],
  [300, 4],
])("%i rectangles, sample %i", (count, seed) => {
  const { items, lines } = sample(count, seed);

  it("do not overlap, and are inside their groups, which do not overlap either", async () => {
    const placement = await place(items, lines);
    const boxes = boxesOf(items, placement);
    const overlapping = boxes.flatMap((a, i) =>
      boxes.slice(i + 1).flatMap((b) => (overlap(a, b) ? [`${a.id} ${b.id}`] : [])),
    );
    expect(overlapping).toEqual([]);
    const outside = items.filter(({ id, group }) => {
      const [area, box] = [placement.groups.get(group), boxes.find((one) => one.id === id)];
      return !(
        area &&
        box &&
        area.x <= box.x &&
        area.y <= box.y &&
        box.x + box.width <= area.x + area.width &&
        box.y + box.height <= area.y + area.height
      );
    });
    expect(outside.map(({ id }) => id)).toEqual([]);
    const [first, second] = [...placement.groups].map(([id, area]) => ({ id, ...area }));
    expect(first !== undefined && second !== undefined && !overlap(first, second)).toBe(true);
  });

  it("have lines from port to port that pass no rectangle, except those between parts of a large layout", async () => {
    const placement = await place(items, lines);
    const boxes = boxesOf(items, placement);
    const portOf = ({ item, port }: PlacedLine["from"]): Point => {
      const [box, owner] = [boxes.find(({ id }) => id === item), items.find(({ id }) => id === item)];
      const found = owner?.ports.find(({ id }) => id === port);
      if (!box || !found) throw new Error(`${item} has no ${port}`);
      return { x: box.x + (found.side === "left" ? 0 : box.width), y: box.y + found.y };
    };
    let curves = 0;
    for (const line of lines) {
      const points = placement.lines.get(line.id) ?? [];
      expect([points[0], points.at(-1)]).toEqual([portOf(line.from), portOf(line.to)]);
      if (points.length === 2 && points[0]?.y !== points[1]?.y) {
        curves++;
        continue;
      }
      const crossed = points.slice(1).flatMap((end, i) => {
        const start = points[i] ?? end;
        expect(start.x === end.x || start.y === end.y).toBe(true);
        const segment = {
          id: line.id,
          x: Math.min(start.x, end.x) + 0.5,
          y: Math.min(start.y, end.y) + 0.5,
          width: Math.max(0, Math.abs(start.x - end.x) - 1),
          height: Math.max(0, Math.abs(start.y - end.y) - 1),
        };
        return boxes.filter((box) => overlap(box, segment)).map(({ id }) => `${line.id} ${id}`);
      });
      expect(crossed).toEqual([]);
    }
    // Only a large layout is made of parts.
    expect(curves > 0).toBe(count > 120);
  });

  it("are placed the same each time", async () => {
    const [a, b] = [await place(items, lines), await place(items, lines)];
    expect([...a.items]).toEqual([...b.items]);
    expect([...a.lines]).toEqual([...b.lines]);
  });
});

it("rectangles without lines are placed in rows, and no rectangles need no place", async () => {
  const items = Array.from({ length: 12 }, (_, i) => ({
    id: `t${i}`,
    group: "only",
    width: 200,
    height: 60,
    ports: [],
  }));
  const placement = await place(items, []);
  const heights = new Set([...placement.items.values()].map(({ y }) => y));
  expect(heights.size).toBeGreaterThan(1);
  expect(heights.size).toBeLessThan(12);
  expect((await place([], [])).items.size).toBe(0);
});
