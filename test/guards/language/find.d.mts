export interface Wording {
  readonly line: number;
  readonly words: string;
  readonly write: string;
}
export function isChecked(file: string): boolean;
export function findWordings(file: string, content: string): Wording[] | undefined;
