/** Bundles the program, the library and the build's own tools into a folder, `dist` by default. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { billOfMaterials, publishedPackages, thirdPartyNotices } from "./notices.mjs";

/**
 * Modules that packages load at startup and this program never uses, or replaces, by package and module; every start
 * would pay for them.
 */
const replacements = {
  "cli-table3": { "string-width": "string-width.cjs" },
  // Connections are opened by `database/dial.ts`, with or without TLS.
  postgres: { tls: "nothing.ts" },
  // A command line that takes longer to load than the rest of the program, and a file search that is not needed.
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

/** What determines the schemas that the program reads: its sources, and the packages with the embedded engine. */
function sourcesHash() {
  const hash = createHash("sha256");
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.m?ts$/.test(name),
  );
  for (const file of [...sources.sort().map((name) => path.join("src", name)), "package-lock.json"])
    hash.update(`${file}\0`).update(readFileSync(file));
  return hash.digest("hex").slice(0, 32);
}

const define = { sourcesHash: JSON.stringify(sourcesHash()) };

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  define,
  platform: "node",
  target: "node20",
  logLevel: "warning",
  // Loaded from their packages, only when needed.
  external: ["@electric-sql/*", "elkjs/*"],
  plugins: [withReplacements],
};

/** @type {import("esbuild").BuildOptions} */
const commonJs = {
  ...common,
  format: "cjs",
  define: { ...define, "import.meta.url": "fileUrl", "import.meta.dirname": "__dirname" },
};
const fileUrl = "const fileUrl = require('node:url').pathToFileURL(__filename).href;";

/** @type {import("esbuild").BuildOptions} */
const module = {
  ...common,
  format: "esm",
  banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
};

/** What esbuild reports about each published bundle. @type {import("esbuild").Metafile[]} */
const metafiles = [];

/** @param {import("esbuild").BuildOptions} options */
async function publish(options) {
  const { metafile } = await build({ ...options, metafile: true });
  metafiles.push(metafile);
}

/** The folder to build into. */
const [, , out = "dist"] = process.argv;
for (const folder of ["program", "chunks", "makers", "page"])
  rmSync(path.join(out, folder), { recursive: true, force: true });

// The entry point of bin/, which is small, as it is compiled at every start; and the thread of the embedded engine,
// as a thread also starts a CommonJS file faster than a module.
const threads = { ...commonJs, outdir: out, outExtension: { ".js": ".cjs" } };
await publish({ ...threads, entryPoints: { entry: "src/cli/start/entry.ts" } });
await publish({
  ...threads,
  entryPoints: { "embedded-boot": "src/database/embedded/boot.ts" },
});

/**
 * PGlite is part of the thread's program, but its other files stay in its package. It imports Node's modules when it
 * needs them, in functions with a separate `require`. @type {import("esbuild").Plugin}
 */
const pgliteElsewhere = {
  name: "PGlite's files in its package",
  setup: ({ onLoad }) => {
    onLoad({ filter: /@electric-sql[\\/]pglite[\\/]dist[\\/].*\.js$/ }, ({ path: file }) => ({
      contents: readFileSync(file, "utf8")
        .replaceAll("import.meta.url", "pgliteUrl")
        // For sockets, which PostgreSQL in WebAssembly does not open.
        .replaceAll('require("ws")', "undefined")
        .replaceAll(/\bimport\("([a-z:/]+)"\)/g, 'Promise.resolve(nodeModule("$1"))'),
      loader: "js",
    }));
  },
};
const pgliteNames =
  "const nodeModule = require, pgliteUrl = require('node:url').pathToFileURL(require.resolve('@electric-sql/pglite')).href;";

await publish({
  ...threads,
  entryPoints: { "embedded-worker": "src/database/embedded/worker.ts" },
  external: [],
  plugins: [...threads.plugins, pgliteElsewhere],
  banner: { js: fileUrl + pgliteNames },
});

/** The files that `cli/start/load-program.ts` loads: CommonJS modules, ASCII. */
const forProgram = {
  ...commonJs,
  // Node cannot import from a script with cached bytecode, so modules are required, in the same later turn.
  supported: { "dynamic-import": false },
  outdir: path.join(out, "program"),
  outExtension: { ".js": ".cjs" },
  banner: { js: fileUrl },
};

/**
 * Packages that only some commands need, with their imports: other commands do not load them.
 * @type {Readonly<Record<string, string>>}
 */
const packages = {
  "cli-table3": "default",
  "markdown-it": "default",
  ora: "default",
  umzug: "MigrationError, Umzug",
  "zod/mini":
    "array, boolean, describe, enum, int, literal, maximum, meta, minimum, nonnegative, nullable, number, optional, partial, positive, record, refine, regex, strictObject, string, union",
};

/** The file of a package, next to the program. @param {string} name */
const fileOf = (name) => `./${name.replace("/", "-")}.cjs`;

/** @type {import("esbuild").Plugin} */
const packagesBeside = {
  name: "packages next to the program",
  setup: ({ onResolve }) => {
    onResolve({ filter: new RegExp(`^(${Object.keys(packages).join("|")})$`) }, ({ path: name }) => ({
      path: fileOf(name),
      external: true,
    }));
  },
};

for (const [name, exports] of Object.entries(packages))
  await publish({
    ...forProgram,
    stdin: { contents: `export { ${exports} } from "${name}"`, resolveDir: ".", sourcefile: `${name}.js` },
    entryNames: path.parse(fileOf(name)).name,
    // As Node does with a CommonJS module's default export.
    footer: { js: "module.exports = module.exports.default ?? module.exports;" },
  });

// All commands in one file, whose modules are evaluated when needed.
await publish({
  ...forProgram,
  entryPoints: { program: "src/build/program.ts" },
  plugins: [...forProgram.plugins, packagesBeside],
});

// The library for applications.
await publish({
  ...module,
  entryPoints: { index: "src/index.ts" },
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  outdir: out,
});

// The script and the styles of the page that `report` writes, which embeds them.
await build({
  bundle: true,
  minify: true,
  format: "iife",
  charset: "ascii",
  target: ["es2022", "chrome111", "firefox121", "safari16.4"],
  logLevel: "warning",
  entryPoints: { page: "src/page/browser/main.ts", "page-style": "src/page/browser/page.css" },
  entryNames: "[name]",
  outdir: path.join(out, "page"),
});

const published = publishedPackages(metafiles);
writeFileSync(path.join(out, "THIRD-PARTY-NOTICES"), thirdPartyNotices(published));
writeFileSync(path.join(out, "sbom.cdx.json"), billOfMaterials(published));

// Tools of the build.
await build({
  ...module,
  entryPoints: [
    "src/build/make-answers.ts",
    "src/build/make-engine.ts",
    "src/build/make-extensions.ts",
    "src/build/make-heads.ts",
    "src/build/make-image.ts",
    "src/build/make-schema.ts",
    "src/build/make-documents.ts",
    "src/build/make-hazards.ts",
    "src/build/make-commands.ts",
  ],
  entryNames: "[name]",
  outdir: path.join(out, "makers"),
});
