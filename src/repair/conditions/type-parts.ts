/** `timestamp(3) without time zone` as its name without the size, and this. */
export interface TypeParts {
  readonly name: string;
  readonly sizes: readonly number[];
}

export function partsOf(type: string): TypeParts {
  const [sizes, list] = /\(([\d,]+)\)/.exec(type) ?? ["", ""];
  return { name: type.replace(sizes, ""), sizes: list === "" ? [] : (list ?? "").split(",").map(Number) };
}
