/** How grave a finding is, from the gravest: `error`: the schema is wrong; `warning`: it may surprise; `advice`: it could be better. */
export const severities = ["error", "warning", "advice"] as const;

export type Severity = (typeof severities)[number];
