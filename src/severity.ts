/**
 * The severity of a finding, from the most to the least severe: `error`: the schema is wrong; `warning`: it may
 * surprise; `advice`: it could be better.
 */
export const severities = ["error", "warning", "advice"] as const;

export type Severity = (typeof severities)[number];
