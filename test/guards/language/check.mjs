// Finds the wordings of rules.mjs in everything that a person reads. Run by `npm run check`; exit code 1 if there are any.
// Arguments limit it to files and folders.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { findWordings, isChecked } from "./find.mjs";

const root = path.resolve(import.meta.dirname, "../../..");

const places = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "docs",
  "src",
  "test",
  "bench",
  "bin",
  "migrations",
];

/** Inputs and golden files, and the list of wordings itself. */
const exempt = ["test/fixtures/", "test/guards/language"];

const onlyBelow = process.argv.slice(2);
const files = places
  .flatMap((place) =>
    place.includes(".")
      ? [place]
      : readdirSync(path.join(root, place), { recursive: true, encoding: "utf8" }).map((name) =>
          path.posix.join(place, name.split(path.sep).join("/")),
        ),
  )
  .filter((name) => isChecked(name) && !/(?:^|\/)(?:node_modules|\.build)\//.test(name))
  .filter((name) => !exempt.some((prefix) => name.startsWith(prefix)))
  .filter((name) => onlyBelow.length === 0 || onlyBelow.some((prefix) => name.startsWith(prefix)))
  .sort();

const found = files.flatMap((file) =>
  (findWordings(file, readFileSync(path.join(root, file), "utf8")) ?? []).map(
    ({ line, words, write }) => `${file}:${line}: "${words}": write ${write}`,
  ),
);
for (const line of found) process.stdout.write(`${line}\n`);
process.stdout.write(`${files.length} files checked, ${found.length} wordings to change\n`);
process.exitCode = found.length > 0 ? 1 : 0;
