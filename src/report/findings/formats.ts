/** The output formats of findings. */
export const findingsFormats = ["text", "json", "markdown", "github", "gitlab", "junit", "sarif"] as const;

export type FindingsFormat = (typeof findingsFormats)[number];

/** Whether a word is a format. */
export function isFindingsFormat(word: string): word is FindingsFormat {
  return findingsFormats.some((format) => format === word);
}
