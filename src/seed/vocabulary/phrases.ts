import { type Domain, domains } from "./domains.ts";
import { type QuestionCategory, questionCategories, questionTemplates } from "./questions.ts";

/** A question in the words of a domain. */
export interface Phrase {
  readonly template: string;
  readonly category: QuestionCategory;
  readonly question: string;
  readonly context: string;
  readonly answers: readonly { readonly says: string; readonly specification: string }[];
  /** The metadata of a message: category and template, as JSON. */
  readonly metadata: string;
}

const wordSlot = /\{(\w+)\}/g;

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Fills the words of a domain into a text. */
export function inWordsOf(domain: Domain, text: string): string {
  const words: Readonly<Record<string, string>> = { ...domain };
  return capitalised(
    text.replaceAll(wordSlot, (_, name: string) => {
      const word = words[name];
      if (word === undefined) throw new RangeError(`a domain has no word for {${name}}`);
      return word;
    }),
  );
}

function phrasesOf(domain: Domain): readonly (readonly Phrase[])[] {
  return questionCategories.map((category) =>
    questionTemplates[category].map(({ name, text, context, answers }) => ({
      template: `${category}.${name}`,
      category,
      question: inWordsOf(domain, text),
      context,
      answers: answers.map(([says, specification]) => ({
        says: inWordsOf(domain, says),
        specification: inWordsOf(domain, specification),
      })),
      metadata: JSON.stringify({ category, template: `${category}.${name}` }),
    })),
  );
}

/** By domain, category and template. */
export const phrases: readonly (readonly (readonly Phrase[])[])[] = domains.map(phrasesOf);
