/** Bundles the program, the library and the makers of the build into a folder, `dist` by default. */
import { rmSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

/** What packages load at their start and this program never uses, or has better, by package and module; each start would pay for it. */
const replacements = {
  "cli-table3": { "string-width": "string-width.cjs" },
  // Connections are opened by `database/dial.ts`, with or without TLS.
  postgres: { tls: "nothing.ts" },
  // A command line that takes longer to load than the rest of the program, and a search for files: ours are listed already.
  umzug: { "@rushstack/ts-command-line": "umzug-command-line.ts", tinyglobby: "nothing.ts" },
};

/** @type {import("esbuild").Plugin} */
const withReplacements = {
  name: "replacements",
  setup: ({ onResolve }) => {
    onResolve(
      { filter: /^(string-width|tls|@rushstack\/ts-command-line|tinyglobby)$/ },
      ({ path: wanted, importer }) => {
        const [, name = ""] = /node_modules[\\/]([^\\/]+)/.exec(importer) ?? [];
        const file = replacements[name]?.[wanted];
        return file === undefined ? undefined : { path: path.resolve("src/build/replacements", file) };
      },
    );
  },
};

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  logLevel: "warning",
  // Loaded from their packages, and only when they are needed.
  external: ["@electric-sql/*", "elkjs/*"],
  plugins: [withReplacements],
};

/** @type {import("esbuild").BuildOptions} */
const commonJs = {
  ...common,
  format: "cjs",
  define: { "import.meta.url": "fileUrl", "import.meta.dirname": "__dirname" },
};
const fileUrl = "const fileUrl = require('node:url').pathToFileURL(__filename).href;";

/** @type {import("esbuild").BuildOptions} */
const module = {
  ...common,
  format: "esm",
  banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
};

/** The folder to build into. */
const [, , out = "dist"] = process.argv;
for (const folder of ["program", "chunks", "makers"])
  rmSync(path.join(out, folder), { recursive: true, force: true });

// What bin/ starts, small, as it is compiled at every start; and the thread of the embedded engine. A thread starts a
// CommonJS file faster than a module, too.
await build({
  ...commonJs,
  entryPoints: { entry: "src/cli/start/entry.ts", "embedded-worker": "src/database/embedded/worker.ts" },
  outdir: out,
  outExtension: { ".js": ".cjs" },
});

/** What `cli/start/load-program.ts` loads: CommonJS modules, ASCII. */
const forProgram = {
  ...commonJs,
  // Node forgets how a script imports modules if its bytecode was cached, so they are required, in the same later turn.
  supported: { "dynamic-import": false },
  outdir: path.join(out, "program"),
  outExtension: { ".js": ".cjs" },
  banner: { js: fileUrl },
};

/**
 * Packages that only some commands need, with what is imported of them: what is not in the program costs the others nothing.
 * @type {Readonly<Record<string, string>>}
 */
const packages = {
  "cli-table3": "default",
  "markdown-it": "default",
  ora: "default",
  umzug: "MigrationError, Umzug",
  "zod/mini":
    "array, boolean, describe, enum, int, maximum, nonnegative, partial, regex, strictObject, string, union",
};

/** The file of a package, beside the program. @param {string} name */
const fileOf = (name) => `./${name.replace("/", "-")}.cjs`;

/** @type {import("esbuild").Plugin} */
const packagesBeside = {
  name: "packages beside the program",
  setup: ({ onResolve }) => {
    onResolve({ filter: new RegExp(`^(${Object.keys(packages).join("|")})$`) }, ({ path: name }) => ({
      path: fileOf(name),
      external: true,
    }));
  },
};

for (const [name, exports] of Object.entries(packages))
  await build({
    ...forProgram,
    stdin: { contents: `export { ${exports} } from "${name}"`, resolveDir: ".", sourcefile: `${name}.js` },
    entryNames: path.parse(fileOf(name)).name,
    // As Node takes what a CommonJS module exports for its default.
    footer: { js: "module.exports = module.exports.default ?? module.exports;" },
  });

// All commands in one file: modules in it are evaluated when they are needed.
await build({
  ...forProgram,
  entryPoints: { program: "src/build/program.ts" },
  plugins: [...forProgram.plugins, packagesBeside],
});

// What applications import.
await build({
  ...module,
  entryPoints: { index: "src/index.ts" },
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  outdir: out,
});

// What only the build itself runs.
await build({
  ...module,
  entryPoints: [
    "src/build/make-answers.ts",
    "src/build/make-image.ts",
    "src/build/make-schema.ts",
    "src/build/make-documents.ts",
  ],
  entryNames: "[name]",
  outdir: path.join(out, "makers"),
});
