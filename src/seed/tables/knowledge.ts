import { embedding } from "../embedding.ts";
import { allProjects } from "../population.ts";
import { kind, Random, uuid } from "../random.ts";
import { domains } from "../vocabulary/domains.ts";
import { inWordsOf } from "../vocabulary/phrases.ts";
import type { SeededTable } from "./table.ts";

const texts = domains.map((domain) =>
  [
    "How {actors} {action} today: notes of an afternoon with the {operators}. They spend most of their time on {things} that have to be corrected.",
    "What {partner} expects of us, and what it sends back. Fields that are missing, and what {operators} do then.",
    "Figures for {peak}: how many {actors}, how many {things}, how long they waited.",
    "Who may see {secret}, by law and by our own rules.",
  ].map((text) => inWordsOf(domain, text)),
);

const kinds = [
  ["notes", "md", "text/markdown"],
  ["interface", "pdf", "application/pdf"],
  ["figures", "csv", "text/csv"],
  ["privacy", "txt", "text/plain"],
] as const;

/** Documents on the topic of their project; embeddings of the same topic are close to each other. */
export const knowledgeBaseDocuments: SeededTable = {
  name: "knowledge_base_documents",
  columns: ["id", "project_id", "user_id", "filename", "file_size", "content_type", "content", "uploaded_at"],
  laterColumns: ["embedding"],
  refersTo: ["projects", "users"],
  *rows({ run, later }) {
    const random = new Random();
    for (const project of allProjects(run)) {
      random.open(run.seed, kind.document, project.ordinal);
      // Every project begins with a document; more follow occasionally.
      const isFirst = project.ordinal % 64 === 0;
      const count = (isFirst ? 1 : 0) + Math.max(0, random.between(0, 9) - 7);
      for (let i = 0; i < count; i++) {
        const which = random.below(kinds.length);
        const [name, ending, type] = kinds[which] ?? kinds[0];
        const content = texts[project.topic]?.[which] ?? "";
        const at = project.createdAt + random.between(2, 50) * 60;
        const file = `${project.domain.slug}-${name}-${i + 1}.${ending}`;
        const size = Buffer.byteLength(content);
        const id = uuid(run.seed, kind.document, project.ordinal * 4 + i);
        const row = [id, project.id, project.user.id, file, size, type, content, at];
        const vector = embedding(project.topic, random);
        yield later.includes("embedding") ? [...row, vector] : row;
      }
    }
  },
};
