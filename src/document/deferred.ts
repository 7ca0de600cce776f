import type { DocumentedSchema } from "./model.ts";

/** The names of indexes that the document has commented out. */
export function deferredIndexes(document: DocumentedSchema): ReadonlySet<string> {
  const names = document.tables.flatMap(({ statements }) =>
    statements
      .filter(({ deferred }) => deferred)
      .flatMap(
        ({ sql }) =>
          /\bindex\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?"?([\w$]+)/i.exec(sql)?.[1] ?? [],
      ),
  );
  return new Set(names.map((name) => name.toLowerCase()));
}
