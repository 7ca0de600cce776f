import { type Location, SocratesError } from "../errors.ts";

/** A `document-invalid` error with its place. */
export function documentError(location: Location, message: string, hint: string): SocratesError {
  return new SocratesError(
    "document-invalid",
    `${location.file}:${location.line}:${location.column}: ${message}`,
    { hint, location },
  );
}
