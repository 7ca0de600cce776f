/** The bundled packages: their licences, which must be published with their code, and a bill of materials. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Licences that require no notice, so that a package may lack their text. */
const withoutNotice = ["0BSD", "CC0-1.0", "Unlicense"];

/** Packages from which the build creates the image of an embedded database. */
const ofImage = ["@electric-sql/pglite", "@electric-sql/pglite-pgvector"].map(
  (name) => `node_modules/${name}`,
);

/**
 * The folders of the packages that have put code into what was built.
 * @param {readonly import("esbuild").Metafile[]} metafiles
 */
function packageFolders(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
    ),
  );
  const folders = inputs.flatMap((file) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)];
}

/**
 * The title and the licence of a package.
 * @param {string} folder
 * @throws {Error} if its licence requires a notice and the package does not contain its text
 */
function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice|unlicense)\b/i.test(file));
  const texts = files.sort().map((file) => readFileSync(path.join(folder, file), "utf8").trim());
  if (texts.length === 0 && !withoutNotice.includes(license))
    throw new Error(`${name} ${version} (${license}) has no licence file, and its licence requires one`);
  return {
    title: `${name} ${version} (${license})`,
    text: texts.join("\n\n") || "The package has no licence file; this licence requires no notice.",
  };
}

/**
 * The folders of all packages whose code is published in this one.
 * @param {readonly import("esbuild").Metafile[]} metafiles of all bundles that are published
 */
export function publishedPackages(metafiles) {
  return [...new Set([...packageFolders(metafiles), ...ofImage])].sort();
}

/**
 * The text of THIRD-PARTY-NOTICES, sorted by name.
 * @param {readonly string[]} folders of the packages
 */
export function thirdPartyNotices(folders) {
  const notices = folders.map(noticeOf);
  const sections = notices
    .sort((a, b) => (a.title < b.title ? -1 : 1))
    .map(({ title, text }) => `${title}\n${"-".repeat(title.length)}\n\n${text.replaceAll("\r\n", "\n")}\n`);
  return `socrates-db contains code of these packages, under their licences.\n\n${sections.join("\n\n")}`;
}

/** @param {{ name: string, version: string, license: string }} manifest */
function componentOf({ name, version, license }) {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  // An expression of several licences is not the id of one.
  const licences = / (?:OR|AND) /.test(license) ? [{ expression: license }] : [{ license: { id: license } }];
  return { type: "library", "bom-ref": purl, name, version, purl, licenses: licences };
}

/**
 * A bill of materials in CycloneDX 1.6: this package, the packages that it needs, and those whose code it contains.
 * Equal input gives equal bytes: it has no time and no serial number.
 * @param {readonly string[]} folders of the packages whose code it contains
 */
export function billOfMaterials(folders) {
  const own = JSON.parse(readFileSync("package.json", "utf8"));
  const all = [...folders, ...Object.keys(own.dependencies).map((name) => `node_modules/${name}`)];
  const components = [...new Set(all)].map((folder) =>
    componentOf(JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"))),
  );
  const sorted = components.sort((a, b) => (a.purl < b.purl ? -1 : 1));
  const self = { ...componentOf(own), type: "application" };
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: self },
    components: sorted,
    dependencies: [{ ref: self["bom-ref"], dependsOn: sorted.map(({ purl }) => purl) }],
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}
