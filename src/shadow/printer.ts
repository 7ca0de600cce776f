import { readSchema } from "../catalog/read.ts";
import type { Session } from "../database/session.ts";
import type { Schema, SchemaObject } from "../schema/model.ts";
import type { Rewrite } from "./definition.ts";
import { openShadow } from "./shadow.ts";

/** Objects to print, and the schema on whose definitions. */
export interface Printing {
  readonly base: Schema;
  /** Of `base`, or with the same names. */
  readonly objects: readonly SchemaObject[];
  /** How printed expressions are written. */
  readonly rewrite: Rewrite;
}

/** One server that prints objects of any origin: it starts with the first printing, and is used for all. */
export interface Printer {
  /**
   * Objects as the server prints them, as far as it can build them: a schema for each printing.
   * @throws SocratesError `image-missing`, `embedded-failed`
   */
  print(printings: readonly Printing[]): Promise<readonly Schema[]>;
}

async function printIn(session: Session, printings: readonly Printing[]): Promise<readonly Schema[]> {
  const { clear, rebuild } = await import("./rebuild.ts");
  const printed: Schema[] = [];
  for (const { base, objects, rewrite } of printings) {
    await clear(session);
    await rebuild(session, base, objects, rewrite);
    printed.push(await readSchema(session));
  }
  return printed;
}

/** Runs `work` with a printer, which is gone afterwards. Printings that are asked for side by side take turns. */
export async function withPrinter<T>(work: (printer: Printer) => Promise<T>): Promise<T> {
  let shadow: Promise<Session> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const print = (printings: readonly Printing[]) => {
    shadow ??= openShadow();
    const opened = shadow;
    const printed = turn.then(async () => printIn(await opened, printings));
    turn = printed.catch(() => {});
    return printed;
  };
  try {
    return await work({ print });
  } finally {
    const session = await shadow?.catch(() => undefined);
    await session?.close();
  }
}
