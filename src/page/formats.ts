/** The formats of the command `report`. */
export const reportFormats = ["html"] as const;
