import { readdirSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitepress";

const docs = path.resolve(import.meta.dirname, "..");
const repository = "https://github.com/socrates-db/socrates-db";

const commands = readdirSync(path.join(docs, "commands"))
  .map((file) => path.basename(file, ".md"))
  .filter((name) => name !== "index");

/** Links out of docs/ lead to the repository. */
function repositoryLinks(markdown) {
  const before =
    markdown.renderer.rules.link_open ??
    ((tokens, i, options, _env, self) => self.renderToken(tokens, i, options));
  markdown.renderer.rules.link_open = (tokens, i, options, env, self) => {
    const link = tokens[i];
    const href = link.attrGet("href") ?? "";
    const folder = path.dirname(env.relativePath ?? "");
    const target = path.posix.normalize(path.posix.join("docs", folder, href));
    if (/^\.\.?\//.test(href) && !target.startsWith("docs/"))
      link.attrSet("href", `${repository}/blob/main/${target}`);
    return before(tokens, i, options, env, self);
  };
}

export default defineConfig({
  title: "socrates-db",
  description: "Owns the schema of one application in several PostgreSQL databases",
  base: process.env.DOCS_BASE ?? "/",
  outDir: path.join(docs, ".build/site"),
  cacheDir: path.join(docs, ".build/cache"),
  cleanUrls: true,
  lastUpdated: false,
  srcExclude: ["node_modules/**"],
  markdown: { config: repositoryLinks },
  // The same links, before they are changed.
  ignoreDeadLinks: [/^(\.\/)*\.\.\//],
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Guides", link: "/guides/local" },
      { text: "Commands", link: "/commands/" },
      { text: "Library", link: "/api" },
    ],
    sidebar: [
      {
        text: "Guides",
        items: [
          { text: "Local databases", link: "/guides/local" },
          { text: "Drift in CI", link: "/guides/drift-in-ci" },
          { text: "Production rollout", link: "/guides/production" },
          { text: "Moving from Alembic", link: "/guides/from-alembic" },
        ],
      },
      {
        text: "Commands",
        collapsed: true,
        items: [
          { text: "Overview", link: "/commands/" },
          ...commands.map((name) => ({ text: name, link: `/commands/${name}` })),
        ],
      },
      {
        text: "Reference",
        items: [
          { text: "Library", link: "/api" },
          { text: "Hazards", link: "/hazards" },
          { text: "serve", link: "/serve" },
          { text: "What is compared", link: "/coverage" },
          { text: "Documented schema", link: "/schema" },
          { text: "Glossary", link: "/glossary" },
        ],
      },
      {
        text: "Project",
        items: [
          { text: "Architecture", link: "/architecture" },
          { text: "Decisions", link: "/decisions" },
          { text: "Faults", link: "/faults" },
          { text: "Benchmarks", link: "/benchmarks" },
          { text: "Mutants", link: "/mutants" },
        ],
      },
    ],
    socialLinks: [{ icon: "github", link: repository }],
  },
});
