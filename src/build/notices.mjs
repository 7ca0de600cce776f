/** The licences of the bundled packages, which must be published with their code. */
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
 * The text of THIRD-PARTY-NOTICES, sorted by name.
 * @param {readonly import("esbuild").Metafile[]} metafiles of all bundles that are published
 */
export function thirdPartyNotices(metafiles) {
  const notices = [...packageFolders(metafiles), ...ofImage].map(noticeOf);
  const sections = notices
    .sort((a, b) => (a.title < b.title ? -1 : 1))
    .map(({ title, text }) => `${title}\n${"-".repeat(title.length)}\n\n${text.replaceAll("\r\n", "\n")}\n`);
  return `socrates-db contains code of these packages, under their licences.\n\n${sections.join("\n\n")}`;
}
