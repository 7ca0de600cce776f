import { SocratesError } from "../errors.ts";
import { secretsOfSql, withoutSecrets } from "../sql/secrets.ts";
import { displayPath } from "../sql/source-file.ts";
import type { Task } from "./run-task.ts";
import type { RunSettings } from "./settings.ts";

/** SQLSTATE of the NOTICE about a truncated identifier (manual, section 4.1.1). */
const nameTooLong = "42622";

/** A text on one line, with a semicolon for each line break. */
export function onOneLine(text: string): string {
  return text.replace(/\s+/g, (blanks) => (blanks.includes("\n") ? "; " : blanks));
}

/**
 * Reports the server's notices and warnings about a migration since the last call.
 * @param failure the error that ended the migration; after a lock timeout it is retried, and would be reported each
 * time
 * @throws SocratesError `migration-failed`, before COMMIT, for a truncated identifier: two names may have become one
 */
export function reportNotices(
  { session, file, script }: Task,
  { report }: Pick<RunSettings, "report">,
  failure?: Error,
): void {
  const notices = session.takeNotices();
  if (failure instanceof SocratesError && failure.code === "lock-timeout") return;
  const path = displayPath(script.source.path);
  const cut = notices.find(({ code }) => code === nameTooLong);
  if (cut !== undefined && failure === undefined)
    throw new SocratesError("migration-failed", `${path}: ${cut.message}`, {
      hint: "Identifiers have at most 63 bytes: choose a shorter name.",
    });
  const secrets = notices.length === 0 ? [] : secretsOfSql(script.source.text);
  for (const { severity, message, detail } of notices) {
    const text = withoutSecrets(detail === undefined ? message : `${message} (${detail})`, secrets);
    report({ kind: "notice", file, path, severity, message: onOneLine(text) });
  }
}
