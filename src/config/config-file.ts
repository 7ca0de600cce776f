import * as z from "zod/mini";
import { SocratesError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { ConfigFile } from "./config-values.ts";
import { durationPattern, longestDuration } from "./duration.ts";
import { shadowVariable, sharedOptions } from "./shared-options.ts";

const noTime = { error: "is not a duration; use for example 5s, or a number of milliseconds" };

/** A string with a unit, or an integer in milliseconds. */
const duration = z.union(
  [
    z.string().check(z.regex(durationPattern, noTime)),
    z.int().check(z.nonnegative(), z.maximum(longestDuration)),
  ],
  noTime,
);

/** A text, and what it is for: a phrase, as help shows it. */
function textFor(summary: string) {
  return z.string().check(describedAs(summary));
}

function flagFor({ summary }: { readonly summary: string }) {
  return z.boolean().check(describedAs(summary));
}

function durationFor({ summary, byDefault }: { readonly summary: string; readonly byDefault: string }) {
  return duration.check(describedAs(`${summary} (default: ${byDefault})`));
}

/** As a sentence. */
function describedAs(summary: string) {
  return z.describe(summary.charAt(0).toUpperCase() + summary.slice(1));
}

/** Words that cannot be an option or a key of an object: `--no-url` would turn `--url` off. */
const reservedKeys = ["constructor", "no"];
/** The key of a database. */
export const keyPattern = new RegExp(`^(?!(?:${reservedKeys.join("|")})$)[a-z][a-z0-9_]{0,62}$`);

/** In bytes: NAMEDATALEN minus one (PostgreSQL manual, section 4.1.1). */
const longestName = 63;
export const mostDatabases = 6;

/** A name that PostgreSQL keeps whole, and that no program takes for an option. */
const databaseName = textFor("Name of the database in documents and on servers (default: its key)").check(
  z.regex(/^[^\p{Cc}-][^\p{Cc}]*$/u, {
    error: "must not be empty, begin with a hyphen or have control characters",
  }),
  z.refine((name) => Buffer.byteLength(name) <= longestName, {
    error: `must have at most ${longestName} bytes, as PostgreSQL keeps no more`,
  }),
);

const databaseSchema = z.partial(
  z.strictObject({
    name: databaseName,
    urlVariable: z
      .string()
      .check(
        z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "must be the name of an environment variable" }),
        describedAs(
          "Environment variable with the connection string (default: DATABASE_URL_KEY, with the key in capitals)",
        ),
      ),
    url: textFor("Connection string; prefer the environment variable, as it may hold a password"),
    migrations: textFor("Folder of this database's migrations, relative to this file"),
  }),
);

/** The keys of `socrates-db.config.json`. */
export const configFileSchema = z.partial(
  z.strictObject({
    $schema: z.string(),
    document: z
      .union(
        [
          z.string(),
          z
            .array(z.string())
            .check(z.refine((files) => files.length > 0, { error: "must name at least one file" })),
        ],
        {
          error: "must be a file or a list of files and globs",
        },
      )
      .check(describedAs(`${sharedOptions.document.summary}, relative to this file`)),
    dataDir: textFor(`${sharedOptions.dataDir.summary}, relative to this file`),
    engine: z
      .enum(["embedded", "server"])
      .check(
        z.describe("Where the databases are; without it, embedded where there are no connection strings"),
      ),
    builtin: flagFor(sharedOptions.builtin),
    role: textFor(sharedOptions.role.summary),
    shadow: textFor(
      `${sharedOptions.shadow.summary}: connection string; prefer ${shadowVariable}, as it may hold a password`,
    ),
    databases: z.record(z.string().check(z.regex(keyPattern)), databaseSchema).check(
      z.refine((databases) => Object.keys(databases).length > 0, {
        error: "must name at least one database",
      }),
      z.refine((databases) => Object.keys(databases).length <= mostDatabases, {
        error: `must name at most ${mostDatabases} databases`,
      }),
      z.meta({
        description: "The databases of the application, by key",
        minProperties: 1,
        maxProperties: mostDatabases,
      }),
    ),
    ignore: z
      .array(
        z.strictObject({
          object: textFor(
            "Name or glob of objects, such as public.tmp_*, or of one attribute: public.users:comment",
          ),
          reason: z
            .string()
            .check(z.regex(/\S/, { error: "must give a reason" }), z.describe("Why they are not reported")),
        }),
      )
      .check(z.describe("Findings to leave out of reports, each with a reason")),
    strict: flagFor(sharedOptions.strict),
    severity: z.enum(sharedOptions.severity.values).check(describedAs(sharedOptions.severity.summary)),
    lockTimeout: durationFor(sharedOptions.lockTimeout),
    lockWait: durationFor(sharedOptions.lockWait),
    statementTimeout: durationFor(sharedOptions.statementTimeout),
    retries: z
      .int()
      .check(
        z.nonnegative(),
        z.maximum(sharedOptions.retries.max),
        describedAs(sharedOptions.retries.summary),
      ),
  }),
);

/** The keys next to the one that an issue is about. */
function keysAt(path: readonly PropertyKey[]): string[] {
  if (path.length === 0) return Object.keys(configFileSchema.shape);
  return Object.keys(databaseSchema.shape);
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** What is wrong with a value, as the end of a sentence; zod/mini provides no messages. */
function words(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type")
    return `must be of type ${issue.expected === "record" ? "object" : issue.expected}, not ${typeOf(issue.input)}`;
  if (issue.code === "invalid_value") return `must be one of: ${issue.values.join(", ")}`;
  if (issue.code === "invalid_key")
    return `is not a valid key: use a to z, digits and underscores, a letter first, at most 63; not ${reservedKeys.join(" or ")}`;
  if (issue.code === "too_small") return `must be at least ${issue.minimum}`;
  return issue.code === "too_big" ? `must be at most ${issue.maximum}` : undefined;
}

function describe(issue: z.core.$ZodIssue): { message: string; hint: string } {
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const known = keysAt(issue.path);
    const near = nearest(key, known);
    return {
      message: `unknown key "${path === "" ? key : `${path}.${key}`}"`,
      hint:
        near === undefined
          ? `The keys here are: ${known.filter((name) => !name.startsWith("$")).join(", ")}.`
          : `Did you mean "${near}"?`,
    };
  }
  return {
    message: `${path === "" ? "the file" : `"${path}"`} ${issue.message}`,
    hint: "See docs/config.schema.json for the keys and their values.",
  };
}

/** Line and column of a JSON syntax error; Node reports an offset. */
function jsonPlace(text: string, error: unknown): string {
  const atEnd = /end of JSON input/.test(String(error));
  const offset = atEnd ? text.length : Number(/position (\d+)/.exec(String(error))?.[1] ?? Number.NaN);
  if (Number.isNaN(offset)) return "";
  const before = text.slice(0, offset).split("\n");
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/**
 * Validates the text of a config file.
 * @param file its name, for messages
 * @throws SocratesError `config-invalid`, naming the key and the nearest known one
 */
export function parseConfigFile(text: string, file: string): ConfigFile {
  const plain = text.replace(/^\ufeff/, "");
  let json: unknown;
  try {
    json = JSON.parse(plain);
  } catch (error) {
    throw new SocratesError("config-invalid", `${file}${jsonPlace(plain, error)} is not valid JSON`, {
      hint: "Fix the syntax: keys and strings in double quotes, no comments, no comma after the last entry.",
    });
  }
  const result = configFileSchema.safeParse(json, { error: words });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const { message, hint } = issue === undefined ? { message: "invalid", hint: "" } : describe(issue);
  throw new SocratesError("config-invalid", `${file}: ${message}`, { hint });
}
