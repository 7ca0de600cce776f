/** Bytes as pages: undefined where a page is zero, which most of the engine's memory is. */
export interface Pages {
  readonly length: number;
  readonly pages: readonly (Uint8Array | undefined)[];
}

/** The unit in which bytes are compared and copied. */
const pageSize = 64 * 1024;
const zeros = Buffer.alloc(pageSize);

/** Calls `visit` for each page of `bytes`, with its place. */
function eachPage(bytes: Buffer, visit: (page: number, from: number, to: number) => void): void {
  for (let from = 0, page = 0; from < bytes.length; from += pageSize, page++)
    visit(page, from, Math.min(from + pageSize, bytes.length));
}

function isEqual(bytes: Buffer, from: number, to: number, page: Uint8Array | undefined): boolean {
  return bytes.compare(page ?? zeros, 0, to - from, from, to) === 0;
}

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** Copies bytes. @param earlier pages that are equal in an earlier copy are shared with it */
export function savePages(bytes: Uint8Array, earlier?: Pages): Pages {
  const source = view(bytes);
  const pages: (Uint8Array | undefined)[] = [];
  eachPage(source, (page, from, to) => {
    const known = earlier?.pages[page];
    if (isEqual(source, from, to, undefined)) pages.push(undefined);
    else if (known !== undefined && known.length === to - from && isEqual(source, from, to, known))
      pages.push(known);
    else pages.push(bytes.slice(from, to));
  });
  return { length: bytes.length, pages };
}

/** Writes saved bytes back, only the pages that differ; what is longer than the saved bytes becomes zero. */
export function restorePages(bytes: Uint8Array, { length, pages }: Pages): void {
  const target = view(bytes);
  eachPage(target, (number, from, to) => {
    const page = pages[number];
    // The last saved page may be shorter than the memory, which has grown since.
    if (page !== undefined && page.length < to - from) {
      target.set(page, from);
      target.fill(0, from + page.length, to);
    } else if (!isEqual(target, from, to, page)) {
      target.set(page ?? zeros.subarray(0, to - from), from);
    }
  });
  if (target.length < length) throw new Error("the memory to restore is shorter than the saved one");
}
