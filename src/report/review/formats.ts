/** The formats of the command `report`. */
export const reviewFormats = ["text", "json", "markdown"] as const;

export type ReviewFormat = (typeof reviewFormats)[number];
