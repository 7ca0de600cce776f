import type { DocumentedSchema } from "../../document/model.ts";
import { lastPhaseOf } from "../../project/workspace.ts";
import type { ShadowOptions } from "../../shadow/cache.ts";
import { documentSchemas } from "../../sources/of-document.ts";
import { openDocument, shadowOptions } from "../../sources/of-workspace.ts";
import { type DocumentedSchemas, verifyDocument } from "../document.ts";
import type { Check } from "./check.ts";

/** The schemas that a document's SQL creates, at its last phase. */
export async function documentedSchemas(
  document: DocumentedSchema,
  shadow: ShadowOptions,
): Promise<DocumentedSchemas> {
  const names = [...new Set(document.tables.map(({ database }) => database))];
  const entries = await Promise.all(
    names.map(async (name) => {
      const { phases, notes } = await documentSchemas(document, name, shadow);
      const schema = phases.at(-1);
      return schema === undefined ? [] : [[name, { schema, notes }] as const];
    }),
  );
  return new Map(entries.flat());
}

/** `socrates-db verify document`: needs no database. */
export const checkDocument: Check = async (workspace) => {
  const document = await openDocument(workspace);
  const schemas = await documentedSchemas(document, shadowOptions(workspace));
  return {
    findings: verifyDocument(document, schemas, workspace.config.databases, lastPhaseOf(workspace)),
    summary: [
      `document: ${document.file}, ${document.tables.length} tables, ${document.claims.length} index counts checked`,
    ],
  };
};
