import type { Run, User } from "./population.ts";
import { kind, Random } from "./random.ts";

/** A language model and its prices, in cents per million tokens. */
export interface Model {
  readonly provider: "claude" | "openai" | "gemini" | "ollama";
  readonly name: string;
  readonly centsIn: number;
  readonly centsOut: number;
  /** How many of a hundred users use it. */
  readonly share: number;
}

// biome-ignore format: a table
export const models: readonly Model[] = [
  { provider: "claude", name: "claude-sonnet-4-5", centsIn: 300, centsOut: 1500, share: 45 },
  { provider: "claude", name: "claude-haiku-4-5", centsIn: 100, centsOut: 500, share: 15 },
  { provider: "openai", name: "gpt-4o", centsIn: 250, centsOut: 1000, share: 22 },
  { provider: "gemini", name: "gemini-2.5-pro", centsIn: 125, centsOut: 1000, share: 12 },
  { provider: "ollama", name: "llama3.1:8b", centsIn: 0, centsOut: 0, share: 6 },
];

const random = new Random();

/** The model that a user uses. */
export function modelOf({ seed }: Run, user: User): Model {
  let roll = random.open(seed, kind.apiKey, user.ordinal).below(100);
  for (const model of models) {
    if (roll < model.share) return model;
    roll -= model.share;
  }
  throw new RangeError("the shares of the models are less than a hundred");
}

/** The price of an answer in millionths of a dollar, rounded to integers, as `cost_usd` stores them. */
export function price({ centsIn, centsOut }: Model, tokensIn: number, tokensOut: number): number {
  return Math.round((tokensIn * centsIn + tokensOut * centsOut) / 100);
}
