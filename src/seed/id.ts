const bytes = Buffer.alloc(16);

/** The id of a row, a 128-bit UUID as four words, which are generated and sent faster than its 36 characters. */
export class Id {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;

  constructor(a: number, b: number, c: number, d: number) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  /** As PostgreSQL prints it. */
  toString(): string {
    for (const [i, word] of [this.a, this.b, this.c, this.d].entries()) bytes.writeInt32BE(word, 4 * i);
    return bytes.toString("hex").replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
}
