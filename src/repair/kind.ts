import type { SchemaObject } from "../schema/model.ts";

/** How SQL creates and drops the objects of a kind. */
export interface KindSql {
  /** The name after DROP and COMMENT ON: `TABLE public.users`. */
  readonly identity: (object: SchemaObject) => string;
  /** The statements that create an object, once the objects that it needs exist; its comment follows. */
  readonly create: (object: SchemaObject) => readonly string[];
  /** Statements that need more than the model says: they follow when everything else exists. */
  readonly complete?: (object: SchemaObject) => readonly string[];
  /** The statement that drops it, if that is not DROP with its identity; undefined if its table's DROP does. */
  readonly drop?: (object: SchemaObject) => string | undefined;
}
