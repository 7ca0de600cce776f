const bytes = Buffer.alloc(16);

/** The id of a row, a UUID of 128 bits: four words, which are made and sent faster than the 36 characters that it is read as. */
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
