import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { SocratesError } from "../../errors.ts";

/** PostgreSQL itself takes a directory for a data directory when it holds this file. */
const marker = "PG_VERSION";

/** Tells whether a directory holds an embedded database. Creates nothing and takes no lock. */
export function embeddedExists(directory: string): boolean {
  return existsSync(join(directory, marker));
}

/** What keeps a database from being made in a directory; undefined when nothing does. */
function obstacle(directory: string): string | undefined {
  if (embeddedExists(directory)) return undefined;
  let existing = directory;
  while (!existsSync(existing)) existing = dirname(existing);
  if (!statSync(existing).isDirectory()) return `${existing} is no folder`;
  if (existing !== directory || readdirSync(directory).length === 0) return undefined;
  return "it is not empty and holds no database";
}

/**
 * Refuses a directory in which no database can be made. Creates nothing: of several databases, none is made where one
 * cannot be.
 * @throws SocratesError `embedded-failed`
 */
export function checkDirectory(directory: string): void {
  const reason = obstacle(directory);
  if (reason !== undefined)
    throw new SocratesError(
      "embedded-failed",
      `the embedded database ${directory} cannot be made: ${reason}`,
      {
        hint: "Name another folder with --data-dir, or move away what is there.",
      },
    );
}
