import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Repositories as people have them, each with `want.txt`: what `init` should make of it. */
export const repositories = path.resolve(import.meta.dirname, "../fixtures/init/folders");

/** What `init` should do with a repository. */
export interface Want {
  readonly name: string;
  readonly tool: string;
  readonly folder: string;
  readonly takes: readonly { readonly from: string; readonly name: string; readonly down: string }[];
  readonly skips: readonly string[];
  readonly warns: readonly string[];
  readonly refuses: readonly string[];
  /** The tables and views after all migrations. */
  readonly end: readonly string[];
}

function readWant(folder: string): Want {
  const lines = readFileSync(path.join(repositories, folder, "want.txt"), "utf8").split("\n");
  const value = (key: string) =>
    lines.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2) ?? "";
  const list = (key: string) => {
    const start = lines.indexOf(`${key}:`) + 1;
    const length = lines.slice(start).findIndex((line) => /^(skips|warns|refuses|note|end):/.test(line));
    return start === 0 ? [] : lines.slice(start, start + length);
  };
  return {
    name: folder,
    tool: value("tool"),
    folder: value("folder"),
    takes: list("takes").map((line) => {
      const [from = "", name = "", down = ""] = line.split("|").map((cell) => cell.trim());
      return { from, name, down };
    }),
    skips: list("skips"),
    warns: list("warns"),
    refuses: list("refuses"),
    end: value("end")
      .split(" ")
      .filter((name) => name !== "")
      .sort(),
  };
}

/** Goose's markers are read, so its folder is taken over, as the note in its `want.txt` allows. */
const goose = {
  takes: [
    { from: "00001_create_stops.sql", name: "create_stops", down: "(in the file)" },
    { from: "00002_index.sql", name: "index", down: "(in the file)" },
  ],
  refuses: [],
  end: ["stops"],
};

export const wants: readonly Want[] = readdirSync(repositories).map((name) => ({
  ...readWant(name),
  ...(name.includes("-goose-") && goose),
}));

/** The names of files, folders and revisions in a line of `want.txt`. */
export function filesIn(line: string): string[] {
  const names = /[\w.-]*\d[\w.-]*(?:__|_)\w*(?:\.[\w.]+)?|[\w./-]+\.\w+|\b[0-9a-f]{12}\b/g;
  return [...line.matchAll(names)].map(([name]) => name.replace(/\.$/, ""));
}
