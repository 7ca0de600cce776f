/** Search over tables, columns and indexes: a combobox as in the ARIA Authoring Practices. */
import type { PageData } from "../data.ts";
import { byId, make } from "./elements.ts";

interface Entry {
  readonly kind: "table" | "column" | "index";
  readonly name: string;
  readonly lower: string;
  /** The table, with its database. */
  readonly place: string;
  /** The id of the table's section. */
  readonly id: string;
}

/** How many results are listed. */
const most = 40;
const kinds = ["table", "column", "index"] as const;

function entriesOf({ tables }: PageData): Entry[] {
  const entries = (kind: Entry["kind"], id: string, place: string, names: readonly string[]) =>
    names.map((name): Entry => ({ kind, name, lower: name.toLowerCase(), place, id }));
  return tables.flatMap(({ id, database, name, columns, indexes }) => [
    ...entries("table", id, database, [name]),
    ...entries("column", id, `${database}.${name}`, columns),
    ...entries("index", id, `${database}.${name}`, indexes),
  ]);
}

/** The rank of a name: equal, at its start, at the start of a word, anywhere. Lower is better. */
function rankOf({ lower, kind }: Entry, wanted: string): number | undefined {
  const at = lower.indexOf(wanted);
  if (at === -1) return undefined;
  const place = lower === wanted ? 0 : at === 0 ? 1 : /[a-z0-9]/.test(lower[at - 1] ?? "") ? 3 : 2;
  return (place * kinds.length + kinds.indexOf(kind)) * 1000 + Math.min(999, lower.length);
}

/** The best entries with a text, and how many there are. Sorted as numbers: the first letter finds most of ten thousand names. */
function find(entries: readonly Entry[], wanted: string): { shown: Entry[]; found: number } {
  const keys: number[] = [];
  entries.forEach((entry, i) => {
    const rank = rankOf(entry, wanted);
    if (rank !== undefined) keys.push(rank * entries.length + i);
  });
  const best = [...Float64Array.from(keys).sort().subarray(0, most)];
  return { shown: best.flatMap((key) => entries[key % entries.length] ?? []), found: keys.length };
}

/** Connects the search field. @param onChoose called with the table and the name that was found */
export function connectSearch(
  data: PageData,
  onChoose: (id: string, name: string | undefined) => void,
): void {
  const input = byId("search", HTMLInputElement);
  const list = byId("results", HTMLElement);
  const status = byId("search-status", HTMLElement);
  let entries: readonly Entry[] | undefined;
  // Before the first letter is typed.
  input.addEventListener("focus", () => {
    entries ??= entriesOf(data);
  });
  let shown: readonly Entry[] = [];
  let active = -1;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  };
  const activate = (index: number) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = list.children[index];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option === undefined) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", option.id);
  };
  const choose = (index: number) => {
    const entry = shown[index];
    if (entry === undefined) return;
    close();
    input.value = "";
    onChoose(entry.id, entry.kind === "table" ? undefined : entry.name);
  };
  const search = () => {
    const wanted = input.value.trim().toLowerCase();
    if (wanted === "") {
      status.textContent = "";
      close();
      return;
    }
    entries ??= entriesOf(data);
    const result = find(entries, wanted);
    shown = result.shown;
    list.replaceChildren(
      ...shown.map(({ kind, name, place }, i) => {
        const option = make("li", "result");
        option.id = `result-${i}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.append(make("span", "kind", kind), make("bdi", "name", name), make("bdi", "none", place));
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          choose(i);
        });
        return option;
      }),
    );
    list.hidden = shown.length === 0;
    input.setAttribute("aria-expanded", String(shown.length > 0));
    activate(shown.length > 0 ? 0 : -1);
    const more = result.found > most ? `, the first ${most} shown` : "";
    status.textContent = shown.length === 0 ? "nothing found" : `${result.found} found${more}`;
  };

  input.addEventListener("input", search);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) search();
      else if (shown.length > 0)
        activate((active + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length);
    } else if (event.key === "Enter") choose(active);
    else if (event.key === "Escape") {
      if (list.hidden) input.value = "";
      close();
    } else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type === "search";
    const wanted = event.key === "/" || (event.key === "k" && (event.ctrlKey || event.metaKey));
    if (typing || !wanted) return;
    event.preventDefault();
    input.focus();
  });
}
