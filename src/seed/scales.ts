/** Users of each scale, for about a thousand, a hundred thousand and ten million rows. */
export const scales = { small: 5, medium: 360, large: 36_500 } as const;

export type Scale = keyof typeof scales;
