import { SocratesError } from "./errors.ts";
import { nearest } from "./nearest.ts";

/** The refusal of a name that no database of the application has. @param keys those that it has */
export function unknownDatabase(wanted: string, keys: readonly string[]): SocratesError {
  const near = nearest(wanted, keys);
  const meant = near === undefined ? "" : `Did you mean "${near}"? `;
  const offered = near === undefined ? "Use one of" : "The databases are";
  return new SocratesError("usage", `unknown database "${wanted}"`, {
    hint: `${meant}${offered}: ${keys.join(", ")}.`,
  });
}
