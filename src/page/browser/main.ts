/** The script of the page. Without it, the page shows everything below each other. */
import type { PageData } from "../data.ts";
import { Diagram } from "./diagram.ts";
import { byId } from "./elements.ts";
import { makeScrollable, Routes, wide } from "./routes.ts";
import { connectSearch } from "./search.ts";
import { connectTheme } from "./theme.ts";

function connectPhases(diagram: Diagram): void {
  const slider = document.getElementById("phase");
  if (!(slider instanceof HTMLInputElement)) return;
  const output = byId("phase-text", HTMLElement);
  const map = byId("map", SVGSVGElement);
  const phases = byId("phases", HTMLElement);
  const show = () => {
    const { tables, added } = diagram.showPhase(Number(slider.value));
    const text = `${tables} ${tables === 1 ? "table" : "tables"}, ${added} new`;
    output.textContent = text;
    slider.setAttribute("aria-valuetext", `phase ${slider.value}: ${text}`);
  };
  // A browser may have kept the value of an earlier visit.
  slider.value = slider.max;
  show();
  slider.addEventListener("input", show);
  // What is new is marked once a phase is chosen.
  phases.addEventListener("click", () => map.classList.add("phased"));
  slider.addEventListener("input", () => map.classList.add("phased"));
  const move = (by: number) => () => {
    slider.value = String(Number(slider.value) + by);
    show();
  };
  byId("phase-less", HTMLElement).addEventListener("click", move(-1));
  byId("phase-more", HTMLElement).addEventListener("click", move(1));
}

function connectMenu(): void {
  const button = byId("menu", HTMLButtonElement);
  const root = document.documentElement;
  const show = (open: boolean) => {
    root.classList.toggle("menu", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => show(!root.classList.contains("menu")));
  addEventListener("hashchange", () => show(false));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !root.classList.contains("menu")) return;
    show(false);
    button.focus();
  });
}

// The build's only input from outside: written by the same program.
const data: PageData = JSON.parse(byId("data", HTMLScriptElement).text);
connectTheme();
const diagram = new Diagram(data);
connectPhases(diagram);
connectMenu();
const routes = new Routes(diagram);
connectSearch(data, (id, part) => routes.open(id, part));
addEventListener("resize", () => makeScrollable(document.querySelector(".view.current")));
wide.addEventListener("change", () => diagram.fit(false));
