import type postgres from "postgres";

/** What the examples test: a class that uses both databases. */
export class Users {
  readonly #auth: postgres.Sql;
  readonly #specs: postgres.Sql;

  constructor(auth: postgres.Sql, specs: postgres.Sql) {
    this.#auth = auth;
    this.#specs = specs;
  }

  /** Deletes a user with all projects. */
  async remove(email: string): Promise<void> {
    const [user] = await this.#auth<{ id: string }[]>`SELECT id FROM users WHERE email = ${email}`;
    if (user === undefined) throw new Error(`no user ${email}`);
    await this.#specs`DELETE FROM projects WHERE user_id = ${user.id}`;
    await this.#auth`DELETE FROM users WHERE id = ${user.id}`;
  }
}
