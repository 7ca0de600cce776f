/** What the page's script needs beyond the elements. */
export interface PageData {
  /** In the order of their elements in the diagram. */
  readonly tables: readonly TableData[];
}

export interface TableData {
  /** The id of its section. */
  readonly id: string;
  readonly database: string;
  readonly name: string;
  /** Its place in the diagram: left, top, width, height. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
  readonly columns: readonly string[];
  readonly indexes: readonly string[];
}
