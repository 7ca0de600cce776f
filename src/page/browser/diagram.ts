/** The tables and lines of the diagram: neighbours, phases, overlays, and steps from table to table by keyboard. */
import type { PageData, TableData } from "../data.ts";
import { byId, numberIn } from "./elements.ts";
import { type Box, Viewport } from "./viewport.ts";

interface Line {
  readonly element: Element;
  readonly from: number;
  readonly to: number;
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** At smaller scales not even names can be read: if neighbours are that far away, only the table is shown. */
const legible = 0.25;

/** Lines of a large diagram. */
const many = 400;

/** Pixels that a key pans. */
const step = 80;

export class Diagram {
  readonly #tables: readonly TableData[];
  readonly #links: readonly SVGAElement[];
  readonly #lines: readonly Line[];
  readonly #phased: readonly Element[];
  readonly #added: readonly Element[];
  readonly #viewport: Viewport;
  readonly #map: SVGSVGElement;
  #current = 0;
  #selected: number | undefined;

  constructor({ tables }: PageData) {
    this.#tables = tables;
    this.#map = byId("map", SVGSVGElement);
    const stage = byId("stage", HTMLElement);
    const zoom = byId("zoom", HTMLElement);
    this.#viewport = new Viewport(stage, this.#map, (k) => {
      zoom.textContent = `${Math.round(k * 100)} %`;
    });
    this.#links = [...this.#map.querySelectorAll<SVGAElement>("a.table")];
    this.#lines = [...this.#map.querySelectorAll(".ref")].map((element) => ({
      element,
      from: numberIn(element, "a") ?? -1,
      to: numberIn(element, "b") ?? -1,
    }));
    this.#phased = [...this.#map.querySelectorAll("[data-f],[data-u]")];
    this.#added = [...this.#map.querySelectorAll("[data-p]")];
    this.#links.forEach((link, i) => {
      link.setAttribute("tabindex", i === 0 ? "0" : "-1");
      link.addEventListener("focus", () => this.#makeCurrent(i));
      link.addEventListener("pointerenter", () => this.#hover(i));
      link.addEventListener("pointerleave", () => this.#hover(undefined));
    });
    stage.addEventListener("keydown", (event) => this.#key(event));
    byId("zoom-in", HTMLElement).addEventListener("click", () => this.#viewport.zoom(1.3));
    byId("zoom-out", HTMLElement).addEventListener("click", () => this.#viewport.zoom(1 / 1.3));
    byId("zoom-fit", HTMLElement).addEventListener("click", () => this.fit());
    for (const input of document.querySelectorAll<HTMLInputElement>("input[name=overlay]"))
      input.addEventListener("change", () => this.#map.setAttribute("data-overlay", input.value));
  }

  /** Shows everything that exists at the current phase. */
  fit(animated = true): void {
    const shown = this.#tables.filter((_, i) => this.#isShown(i));
    this.#viewport.show(boundsOf(shown.length === 0 ? this.#tables : shown), animated);
  }

  /** Shows a table with its neighbours, and dims all others; undefined shows all the same. */
  select(id: string | undefined, animated: boolean): void {
    const index = this.#tables.findIndex((table) => table.id === id);
    this.#selected = index === -1 ? undefined : index;
    this.#mark(this.#selected);
    this.#map.classList.toggle("focused", this.#selected !== undefined);
    if (this.#selected === undefined) return;
    this.#makeCurrent(this.#selected);
    const near = this.#neighbours(this.#selected);
    const around = boundsOf(this.#tables.filter((_, i) => near.has(i) && this.#isShown(i)));
    const table = this.#tables[this.#selected];
    if (table === undefined || this.#viewport.scaleFor(around) > legible)
      this.#viewport.show(around, animated);
    else this.#viewport.show(boxOf(table), animated, 0.6);
  }

  /** Sets the keyboard focus on the current table. */
  focus(): void {
    this.#links[this.#current]?.focus({ preventScroll: true });
  }

  /** Shows the schema at the end of a phase. @returns how many tables exist, and how many are new */
  showPhase(phase: number): { readonly tables: number; readonly added: number } {
    for (const element of this.#phased) {
      const [from, to] = [numberIn(element, "f") ?? 0, numberIn(element, "u")];
      element.classList.toggle("off", phase < from || (to !== undefined && phase > to));
    }
    for (const element of this.#added) element.classList.toggle("now", numberIn(element, "p") === phase);
    const shown = this.#links.filter((_, i) => this.#isShown(i));
    return {
      tables: shown.length,
      added: shown.filter((link) => (numberIn(link, "f") ?? 0) === phase).length,
    };
  }

  #isShown(index: number): boolean {
    return this.#links[index]?.classList.contains("off") === false;
  }

  #neighbours(index: number): Set<number> {
    const near = new Set([index]);
    for (const { from, to } of this.#lines) {
      if (from === index) near.add(to);
      if (to === index) near.add(from);
    }
    return near;
  }

  /** Marks a table, its neighbours and the lines between them. */
  #mark(index: number | undefined): void {
    const near = index === undefined ? new Set<number>() : this.#neighbours(index);
    this.#links.forEach((link, i) => {
      link.classList.toggle("near-table", near.has(i));
      link.classList.toggle("selected", i === this.#selected);
    });
    for (const { element, from, to } of this.#lines)
      element.classList.toggle("near-line", index !== undefined && (from === index || to === index));
  }

  #hover(index: number | undefined): void {
    if (this.#selected !== undefined) return;
    // To dim all other lines of a large diagram would take longer than the pointer stays.
    if (this.#lines.length < many) this.#map.classList.toggle("hovered", index !== undefined);
    this.#mark(index);
  }

  #makeCurrent(index: number): void {
    this.#links[this.#current]?.setAttribute("tabindex", "-1");
    this.#links[index]?.setAttribute("tabindex", "0");
    this.#current = index;
    const table = this.#tables[index];
    if (table !== undefined) this.#viewport.reveal(boxOf(table));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = arrows[event.key];
    if (direction !== undefined) {
      const [dx, dy] = direction;
      if (event.shiftKey) this.#viewport.pan(-dx * step, -dy * step);
      else this.#go(this.#nearest(direction));
    } else if (event.key === "+" || event.key === "=") this.#viewport.zoom(1.3);
    else if (event.key === "-") this.#viewport.zoom(1 / 1.3);
    else if (event.key === "0") this.fit();
    else if (event.key === "Home") this.#go(this.#links.findIndex((_, i) => this.#isShown(i)));
    else if (event.key === "End") this.#go(this.#links.findLastIndex((_, i) => this.#isShown(i)));
    else return;
    event.preventDefault();
  }

  #go(index: number | undefined): void {
    if (index !== undefined) this.#links[index]?.focus({ preventScroll: true });
  }

  /** The next table in a direction: the nearest, where a distance to the side counts more. */
  #nearest([dx, dy]: readonly [number, number]): number | undefined {
    const current = this.#tables[this.#current];
    if (current === undefined) return undefined;
    const [x, y] = middle(current);
    let best: { readonly index: number; readonly cost: number } | undefined;
    this.#tables.forEach((table, index) => {
      const [tx, ty] = middle(table);
      const along = (tx - x) * dx + (ty - y) * dy;
      const aside = Math.abs((tx - x) * dy) + Math.abs((ty - y) * dx);
      const cost = along + 2.5 * aside;
      if (index !== this.#current && along > 8 && this.#isShown(index) && cost < (best?.cost ?? Infinity))
        best = { index, cost };
    });
    return best?.index;
  }
}

function boxOf({ box: [x, y, width, height] }: TableData): Box {
  return { x, y, width, height };
}

function middle({ box: [x, y, width, height] }: TableData): readonly [number, number] {
  return [x + width / 2, y + height / 2];
}

function boundsOf(tables: readonly TableData[]): Box {
  const boxes = tables.map(boxOf);
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  // With the heading and the border of the database.
  const around = 30;
  return {
    x: x - around,
    y: y - 2 * around,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x + 2 * around,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y + 3 * around,
  };
}
