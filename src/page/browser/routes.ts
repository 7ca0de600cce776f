/** The views of the page by the part of its address after `#`: the diagram, the overview, and each table. */
import type { Diagram } from "./diagram.ts";

/** From this width a table is shown next to the diagram. */
export const wide = matchMedia("(min-width: 1100px)");

interface Route {
  readonly view: "diagram" | "overview" | "table";
  /** The section of a table, or the table that the diagram shows. */
  readonly id: string | undefined;
}

function routeOf(hash: string): Route {
  let id = hash.replace(/^#/, "");
  try {
    id = decodeURIComponent(id);
  } catch {
    // A stray percent sign: no table has such an id.
  }
  if (id === "overview") return { view: "overview", id: undefined };
  const [, shown] = /^diagram\/(.*)$/.exec(id) ?? [];
  if (shown !== undefined) return { view: "diagram", id: shown };
  const section = document.getElementById(id);
  return section?.hasAttribute("data-table") ? { view: "table", id } : { view: "diagram", id: undefined };
}

export class Routes {
  readonly #diagram: Diagram;
  readonly #title = document.title;
  #last: Route | undefined;
  #section: HTMLElement | undefined;

  constructor(diagram: Diagram) {
    this.#diagram = diagram;
    addEventListener("hashchange", () => this.#show());
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || this.#last?.id === undefined) return;
      location.hash = "#diagram";
    });
    this.#show();
  }

  /** Opens a table, and marks one of its parts. */
  open(id: string, part: string | undefined): void {
    if (location.hash === `#${id}`) this.#mark(part);
    else {
      addEventListener("hashchange", () => this.#mark(part), { once: true });
      location.hash = `#${id}`;
    }
  }

  #mark(part: string | undefined): void {
    for (const row of document.querySelectorAll(".hit")) row.classList.remove("hit");
    if (part === undefined) return;
    const names = [...(this.#section?.querySelectorAll("th .name") ?? [])];
    const row = names.find(({ textContent }) => textContent === part)?.closest("tr");
    row?.classList.add("hit");
    row?.scrollIntoView({ block: "center" });
  }

  #show(): void {
    const route = routeOf(location.hash);
    const root = document.documentElement;
    const first = this.#last === undefined;
    const before = this.#last;
    this.#last = route;
    root.setAttribute("data-view", route.view);
    root.classList.remove("menu");
    this.#section?.classList.remove("current");
    this.#section = undefined;
    for (const link of document.querySelectorAll("[aria-current]")) link.removeAttribute("aria-current");
    const target = route.view === "table" ? route.id : route.view;
    for (const link of document.querySelectorAll(`nav a[href="#${CSS.escape(target ?? "")}"]`)) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest" });
    }
    const section = document.getElementById(target ?? "");
    if (route.view === "table" && section !== null) {
      this.#section = section;
      section.classList.add("current");
      section.scrollTop = 0;
    }
    const heading = section?.querySelector("h2") ?? null;
    document.title =
      route.view === "diagram" ? this.#title : `${heading?.textContent ?? ""} - ${this.#title}`;
    this.#diagram.select(route.id, !first);
    if (first && route.id === undefined) this.#diagram.fit(false);
    makeScrollable(section);
    if (first) return;
    // The focus follows: into what was opened, and back to where it came from.
    if (route.view !== "diagram") {
      if (!wide.matches) scrollTo(0, 0);
      heading?.focus({ preventScroll: true });
    } else if (before?.view === "table" || route.id !== undefined) this.#diagram.focus();
  }
}

/** Wide tables can be scrolled by keyboard, but only those that need it are stops. */
export function makeScrollable(section: Element | null): void {
  for (const box of section?.querySelectorAll(".scroll") ?? [])
    if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
}
