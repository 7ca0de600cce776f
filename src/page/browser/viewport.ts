/** Pans and zooms the diagram: by pointer, wheel, pinch, buttons and keyboard. */

interface View {
  readonly x: number;
  readonly y: number;
  /** Scale: 1 is a CSS pixel for each unit of the diagram. */
  readonly k: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Below this scale columns cannot be read, so only the names of tables are drawn. */
const far = 0.5;
const limits = { least: 0.02, most: 3 };
/** Pixels that a pointer moves before it drags. */
const threshold = 4;

export class Viewport {
  #view: View = { x: 0, y: 0, k: 1 };
  #animation = 0;
  #settle = 0;
  readonly #stage: HTMLElement;
  readonly #map: SVGSVGElement;
  readonly #onZoom: (scale: number) => void;
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #start: { x: number; y: number } | undefined;
  #dragged = false;

  constructor(stage: HTMLElement, map: SVGSVGElement, onZoom: (scale: number) => void) {
    this.#stage = stage;
    this.#map = map;
    this.#onZoom = onZoom;
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"] as const)
      stage.addEventListener(name, (event) => this.#up(event));
    // Links would be dragged as links, and followed at the end of a pan.
    stage.addEventListener("dragstart", (event) => event.preventDefault());
    stage.addEventListener("click", (event) => this.#dragged && event.preventDefault(), true);
    // A browser scrolls to a focused link, which is moved into view here.
    stage.addEventListener("scroll", () => stage.scrollTo(0, 0));
  }

  get scale(): number {
    return this.#view.k;
  }

  pan(dx: number, dy: number): void {
    this.#set({ ...this.#view, x: this.#view.x + dx, y: this.#view.y + dy });
  }

  /** Zooms around a point of the stage, by default its middle. */
  zoom(factor: number, at: { x: number; y: number } = this.#middle()): void {
    const { x, y, k } = this.#view;
    const next = Math.min(limits.most, Math.max(limits.least, k * factor));
    const share = next / k;
    this.#set({ k: next, x: at.x - (at.x - x) * share, y: at.y - (at.y - y) * share });
  }

  /** The scale at which a part of the diagram fits, 1 at most. */
  scaleFor(box: Box): number {
    const { clientWidth: width, clientHeight: height } = this.#stage;
    const margin = Math.min(40, width / 12);
    const fitting = Math.min((width - 2 * margin) / box.width, (height - 2 * margin) / box.height);
    return Math.max(limits.least, Math.min(1, fitting));
  }

  /** Shows a part of the diagram in the middle, by default as large as it fits. */
  show(box: Box, animated: boolean, k = this.scaleFor(box)): void {
    const { clientWidth: width, clientHeight: height } = this.#stage;
    if (width === 0 || height === 0) return;
    const target = {
      k,
      x: width / 2 - (box.x + box.width / 2) * k,
      y: height / 2 - (box.y + box.height / 2) * k,
    };
    if (animated && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.#glide(target);
    else this.#set(target);
  }

  /** Moves a part of the diagram into view, if it is not. */
  reveal(box: Box): void {
    const { x, y, k } = this.#view;
    const { clientWidth: width, clientHeight: height } = this.#stage;
    const shift = (from: number, length: number, room: number) => {
      const margin = Math.min(40, room / 8);
      if (from < margin) return margin - from;
      return from + length > room - margin ? room - margin - length - from : 0;
    };
    const [dx, dy] = [
      shift(x + box.x * k, box.width * k, width),
      shift(y + box.y * k, box.height * k, height),
    ];
    if (dx !== 0 || dy !== 0) this.pan(dx, dy);
  }

  #middle() {
    return { x: this.#stage.clientWidth / 2, y: this.#stage.clientHeight / 2 };
  }

  #set(view: View): void {
    cancelAnimationFrame(this.#animation);
    this.#apply(view);
  }

  #apply(view: View): void {
    const { x, y, k } = view;
    const zoomed = k !== this.#view.k;
    this.#view = view;
    // While it moves, the browser keeps the drawn picture and moves that; afterwards it draws it sharp.
    this.#map.classList.add("moving");
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#map.classList.remove("moving"), 180);
    this.#map.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
    this.#map.classList.toggle("far", k < far);
    if (zoomed) this.#onZoom(k);
  }

  #glide(target: View): void {
    cancelAnimationFrame(this.#animation);
    const from = this.#view;
    const begin = performance.now();
    const step = (now: number) => {
      const part = Math.min(1, Math.max(0, (now - begin) / 260));
      const eased = 1 - (1 - part) ** 3;
      const between = (a: number, b: number) => a + (b - a) * eased;
      this.#apply({
        x: between(from.x, target.x),
        y: between(from.y, target.y),
        k: between(from.k, target.k),
      });
      if (part < 1) this.#animation = requestAnimationFrame(step);
    };
    this.#animation = requestAnimationFrame(step);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (event.shiftKey && !event.ctrlKey) {
      this.pan(-(event.deltaX || event.deltaY) * unit, 0);
      return;
    }
    const { left, top } = this.#stage.getBoundingClientRect();
    // A pinch on a trackpad is a wheel with Ctrl and small steps.
    const speed = event.ctrlKey ? 0.01 : 0.0015;
    this.zoom(Math.exp(-event.deltaY * unit * speed), {
      x: event.clientX - left,
      y: event.clientY - top,
    });
  }

  #down(event: PointerEvent): void {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    if (this.#pointers.size === 0) this.#dragged = false;
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.#start = { x: event.clientX, y: event.clientY };
  }

  #move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.clientX, y: event.clientY };
    const start = this.#start ?? now;
    if (!this.#dragged && Math.hypot(now.x - start.x, now.y - start.y) < threshold) return;
    if (!this.#dragged) {
      this.#dragged = true;
      this.#stage.setPointerCapture(event.pointerId);
      this.#stage.classList.add("dragging");
    }
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (other === undefined) {
      this.pan(now.x - before.x, now.y - before.y);
      return;
    }
    const distance = (a: typeof now, b: typeof now) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
    const { left, top } = this.#stage.getBoundingClientRect();
    this.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.zoom(distance(now, other) / distance(before, other), {
      x: (now.x + other.x) / 2 - left,
      y: (now.y + other.y) / 2 - top,
    });
  }

  #up(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#pointers.size === 0) this.#stage.classList.remove("dragging");
  }
}
