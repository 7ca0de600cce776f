/** Writes the reference of the library, from the packed declarations and their comments, into the file that it is given. Also takes their folder. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

/**
 * @typedef {object} Item of the model that api-extractor writes
 * @property {string} kind
 * @property {string} [name]
 * @property {string} [docComment]
 * @property {{ text: string }[]} [excerptTokens]
 * @property {Item[]} [members]
 */

const root = path.resolve(import.meta.dirname, "../..");
const [, , out = "docs/api.md", types = "dist/types"] = process.argv;

/** @returns {Item} the package's entry point */
function readModel() {
  const folder = mkdtempSync(path.join(tmpdir(), "socrates-db-reference-"));
  try {
    const model = path.join(folder, "api.json");
    cpSync(path.join(root, "package.json"), path.join(folder, "package.json"));
    cpSync(path.resolve(root, types), path.join(folder, "types"), { recursive: true });
    // api-extractor cannot read the declarations of postgres.js, of which only a name is printed.
    const pool = path.join(folder, "types/database/pool.d.ts");
    const [, ...lines] = readFileSync(pool, "utf8").split("\n");
    writeFileSync(pool, ["declare namespace postgres { interface Sql {} }", ...lines].join("\n"));
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: folder,
        mainEntryPointFilePath: path.join(folder, "types/index.d.ts"),
        compiler: {
          overrideTsconfig: {
            compilerOptions: {
              target: "es2022",
              module: "nodenext",
              lib: ["es2022", "esnext.disposable", "dom"],
              types: [],
            },
            files: ["types/index.d.ts"],
          },
        },
        apiReport: { enabled: false, reportFileName: "api.md" },
        docModel: { enabled: true, apiJsonFilePath: model, includeForgottenExports: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: {
          compilerMessageReporting: { default: { logLevel: "none" } },
          extractorMessageReporting: { default: { logLevel: "none" } },
          tsdocMessageReporting: { default: { logLevel: "none" } },
        },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: path.join(folder, "package.json"),
    });
    const { succeeded } = Extractor.invoke(config, {
      localBuild: true,
      messageCallback: (message) => {
        message.handled = true;
      },
    });
    if (!succeeded) throw new Error("api-extractor has failed");
    return JSON.parse(readFileSync(model, "utf8")).members[0];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The text of a comment without its frame. @param {string} comment */
function textOf(comment) {
  return comment
    .replace(/^\/\*\*|\*\/\s*$/g, "")
    .replace(/^[ \t]*\* ?/gm, "")
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .replace(/\n*@throws\s+/g, "\n\nThrows ")
    .replace(/\n*@returns?\s+/g, "\n\nReturns ")
    .replace(/\n*@param (\w+) (?:- )?/g, "\n\n`$1`: ")
    .trim();
}

/** @param {Item} item */
const signature = ({ excerptTokens = [] }) =>
  excerptTokens
    .map(({ text }) => text)
    .join("")
    .trim();

/** One exported item. @param {Item} item */
function section(item) {
  const members = (item.members ?? []).filter(({ kind }) => kind !== "Constructor");
  const lines = members.flatMap((member) => [
    ...(member.docComment
      ? textOf(member.docComment)
          .split("\n")
          .map((line) => `  // ${line}`.trimEnd())
      : []),
    `  ${signature(member).replace(/\n/g, "\n  ")}`,
  ]);
  const head = signature(item).replace(/^export (declare )?/, "");
  const code = members.length === 0 ? head : [`${head} {`, ...lines, "}"].join("\n");
  const text = item.docComment ? textOf(item.docComment) : "";
  // The compiler renames what has the name of a global.
  return [
    `## ${item.name?.replace(/_\d+$/, "")}`,
    ...(text === "" ? [] : [text]),
    `\`\`\`ts\n${code}\n\`\`\``,
  ].join("\n\n");
}

const { members = [] } = readModel();
const functions = members.filter(({ kind }) => kind === "Function" || kind === "Variable");
const others = members.filter((member) => !functions.includes(member));
const page = [
  "# Reference of the library",
  "This page is printed by `npm run docs` from the declarations of the package: first its functions and values, then its types.",
  ...[...functions, ...others].map(section),
];
writeFileSync(path.resolve(root, out), `${page.join("\n\n")}\n`);
