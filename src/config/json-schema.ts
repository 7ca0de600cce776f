import * as z from "zod/mini";
import { configFileSchema } from "./config-file.ts";

/** The JSON schema of the config file, for editors: the content of `docs/config.schema.json`. */
export function configJsonSchema(): object {
  return {
    title: "socrates-db.config.json",
    description: "Configuration of socrates-db; every key may be left out",
    ...z.toJSONSchema(configFileSchema, { target: "draft-7" }),
  };
}
