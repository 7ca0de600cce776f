/** The elements that the page always has. */

export function byId<E extends Element>(id: string, type: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`);
  return found;
}

/** A number in a `data-` attribute; undefined if it has none. */
export function numberIn(element: Element, name: string): number | undefined {
  const value = element.getAttribute(`data-${name}`);
  return value === null || value === "" ? undefined : Number(value);
}

/** A new element with a class and a text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = "",
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.textContent = text;
  return element;
}
