import { parameterStatus } from "./protocol.ts";

/** Values of PostgreSQL's parameters as one client knows them. */
export class KnownParameters {
  readonly #values = new Map<string, string>();

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Whether a parameter's value is new to the client, which knows it from now on. */
  learn(name: string, value: string): boolean {
    if (this.#values.get(name) === value) return false;
    this.#values.set(name, value);
    return true;
  }

  /** Messages with the values that are new to the client. */
  learnAll(values: Iterable<readonly [string, string]>): Buffer[] {
    return [...values]
      .filter(([name, value]) => this.learn(name, value))
      .map(([name, value]) => parameterStatus(name, value));
  }
}
