/** Writes the JSON schema of the config file to the given path; part of `npm run docs`. */
import { writeFileSync } from "node:fs";
import { configJsonSchema } from "../config/json-schema.ts";

const [, , file] = process.argv;
if (file === undefined) throw new Error("the path of the JSON schema is missing");
writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
