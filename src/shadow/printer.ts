import { readSchema } from "../catalog/read.ts";
import type { Session } from "../database/session.ts";
import type { Schema, SchemaObject } from "../schema/model.ts";
import type { Rewrite } from "./definition.ts";
import { openShadow, type ShadowPlace } from "./open.ts";

/** Objects to deparse, and the schema that they depend on. */
export interface Printing {
  readonly base: Schema;
  /** Of `base`, or with the same names. */
  readonly objects: readonly SchemaObject[];
  /** How to write deparsed expressions. */
  readonly rewrite: Rewrite;
}

/** A server that deparses objects of any origin: it starts with the first request, and serves all. */
export interface Printer {
  /**
   * Objects as the server deparses them, as far as it can build them: one schema per request.
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

/** Runs `work` with a printer, and closes it. Concurrent requests take turns. */
export async function withPrinter<T>(
  { server }: ShadowPlace,
  work: (printer: Printer) => Promise<T>,
): Promise<T> {
  let shadow: Promise<Session> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const print = (printings: readonly Printing[]) => {
    shadow ??= openShadow({ server });
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
