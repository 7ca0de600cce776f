/** Writes docs/hazards.md, the page of all hazards, to the given path; part of `npm run docs`. */
import { writeFileSync } from "node:fs";
import type { Hazard } from "../rehearse/hazards/hazard.ts";
import { hazards } from "../rehearse/hazards/index.ts";

function section({ id, severity, condition, effect, instead, source }: Hazard): string {
  return `## ${id}

${condition} ${effect}

- Severity: ${severity}
- Safer: \`${instead.replaceAll("`", "'")}\`
- Source: PostgreSQL's manual, ${source}
`;
}

const [, , file] = process.argv;
if (file === undefined) throw new Error("the path of the page is missing");
const sorted = [...hazards].sort((a, b) => (a.id < b.id ? -1 : 1));
writeFileSync(
  file,
  `# Hazards

What \`socrates-db rehearse\` finds in migrations. This page is generated from the table in \`src/rehearse/hazards\`.
A migration accepts a hazard with a comment at its top, which says why: \`-- socrates-db: accept HAZARD reason\`.

${sorted.map(section).join("\n")}`,
);
