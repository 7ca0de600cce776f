import { isServerError } from "../database/server-error.ts";
import { SocratesError } from "../errors.ts";
import { recognisedRenames } from "../repair/recognised-renames.ts";
import { requestedRenames } from "../repair/requested-renames.ts";
import type { Step } from "../repair/steps.ts";
import type { Schema } from "../schema/model.ts";
import type { Shadow } from "./shadow.ts";

/** A schema in a shadow after renames. */
export interface Renamed {
  readonly schema: Schema;
  /** What renamed its objects, in order. */
  readonly steps: readonly Step[];
}

const extras = { privileges: true, owners: true, exact: true };

/** Runs a step. @returns whether the server accepts it */
async function succeeds(shadow: Shadow, { sql }: Step): Promise<boolean> {
  try {
    for (const statement of sql) await shadow.run(statement);
    return true;
  } catch (error) {
    if (isServerError(error)) return false;
    throw error;
  }
}

/**
 * Renames the objects of a shadow: first what the user says, then what is equal to a wanted object but for its name.
 * @param from the schema in the shadow
 * @throws SocratesError `usage` for renames that are not possible
 */
export async function rename(
  shadow: Shadow,
  from: Schema,
  to: Schema,
  requested: readonly string[],
): Promise<Renamed> {
  const steps: Step[] = requestedRenames(requested, from, to);
  for (const step of steps)
    for (const sql of step.sql)
      await shadow.run(sql).catch((error: unknown) => {
        if (!isServerError(error)) throw error;
        throw new SocratesError("usage", `cannot ${step.what}: ${error.message}`, {
          hint: "Leave out this --rename.",
          cause: error,
        });
      });
  let schema = steps.length === 0 ? from : await shadow.readSchema(extras);
  for (;;) {
    // A name that another object has is not free yet: then the object is dropped and created.
    const done: Step[] = [];
    for (const step of recognisedRenames(schema, to)) if (await succeeds(shadow, step)) done.push(step);
    if (done.length === 0) return { schema, steps };
    steps.push(...done);
    schema = await shadow.readSchema(extras);
  }
}
